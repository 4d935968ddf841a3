#!/usr/bin/env python3
"""Writes the mean of several models, which depends less on the draws of their pairs than each of them does (bagging: Breiman 1996).

python3 mean_model.py --passages A.json [B.json ...] [--near C.json ...] [--one-source D.json ...] [--without-passages E.json ...] -o model.json

The models are those of `wirecopy calibrate`. The mean is taken of their calibrated log-odds, which are linear in the features, so that the
result is a model of the same form. The weights of each kind of pair can come from other models than the rest.
"""

import argparse
import json

DIGITS = 5


def mean_of(models):
    """Returns weights whose log-odds are the mean of those of some weights."""
    constant = 0.0
    features = {}
    for model in models:
        constant += (model["offset"] + model["slope"] * model["intercept"]) / len(models)
        for one in model["weights"]:
            feature = features.setdefault(one["feature"], {"slope": 0.0, "means": [], "deviations": []})
            slope = model["slope"] * one["weight"] / one["deviation"] / len(models)
            constant -= slope * one["mean"]
            feature["slope"] += slope
            feature["means"].append(one["mean"])
            feature["deviations"].append(one["deviation"])
    weights = []
    for name, feature in features.items():
        mean, deviation = (round(sum(feature[key]) / len(feature[key]), DIGITS) for key in ("means", "deviations"))
        weight = round(feature["slope"] * deviation, DIGITS)
        constant += weight / deviation * mean
        weights.append({"feature": name, "weight": weight, "mean": mean, "deviation": deviation})
    return {"intercept": round(constant, DIGITS), "slope": 1.0, "offset": 0.0, "weights": weights}


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def count(key, models):
    """Returns how many fits, repeats included, some models are the mean of. A mean has its own count under `key`, or under "models" for all kinds."""
    return sum(each["fitted_on"].get(key, each["fitted_on"].get("models", 1)) for each in models)


def main():
    parser = argparse.ArgumentParser(description="Writes the mean of several models of `wirecopy calibrate`.")
    parser.add_argument("--passages", nargs="+", required=True, metavar="MODEL", help="models for pairs with passages in common")
    parser.add_argument("--near", nargs="+", metavar="MODEL", help="models for those published near each other [default: those of --passages]")
    parser.add_argument("--one-source", nargs="+", metavar="MODEL", help="models for those of one source, too [default: those of --passages]")
    parser.add_argument("--without-passages", nargs="+", metavar="MODEL", help="models for other pairs [default: those of --passages]")
    parser.add_argument("-o", "--output", required=True, metavar="MODEL")
    args = parser.parse_args()
    passages = [read(path) for path in args.passages]
    near, one_source, without = (
        [read(path) for path in paths] if paths else passages
        for paths in (args.near, args.one_source, args.without_passages)
    )
    models = {
        "models": (passages, "with_passages"),
        "models_near": (near, "with_passages_near"),
        "models_of_one_source": (one_source, "with_passages_one_source"),
        "models_without_passages": (without, "without_passages"),
    }
    model = dict(passages[0])
    model["fitted_on"] = {key: count(key, each) for key, (each, _) in models.items()}
    for each, part in models.values():
        model[part] = mean_of([one[part] for one in each])
    with open(args.output, "w", encoding="utf-8") as file:
        json.dump(model, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
