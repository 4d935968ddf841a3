//! Logistic regression with a ridge penalty and optional sign constraints on the weights.
//!
//! Uses the projected Newton method (Bertsekas 1982): a Newton step on the free weights, projected onto the bounds and halved
//! until the loss decreases. The loss is convex, so the result depends only on the samples. Cost: about ten passes of n·d².
//!
//! Not a crate, because some weights are constrained to one sign and the same samples must give the same bits.

use wirecopy_core::score::Sense;

/// A sample.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub values: &'a [f64],
    pub same: bool,
    pub weight: f64,
}

/// The fitted weights of standardised features.
#[derive(Clone, Debug)]
pub(super) struct Fitted {
    pub intercept: f64,
    pub weights: Vec<f64>,
    pub means: Vec<f64>,
    pub deviations: Vec<f64>,
}

impl Fitted {
    /// Returns the log-odds of a sample.
    pub(super) fn log_odds(&self, values: &[f64]) -> f64 {
        let parts = values.iter().zip(&self.weights).zip(self.means.iter().zip(&self.deviations));
        self.intercept + parts.map(|((v, w), (mean, deviation))| w * (v - mean) / deviation).sum::<f64>()
    }
}

/// Maximum number of Newton steps.
const STEPS: usize = 200;
/// Maximum number of times a step is halved.
const HALVINGS: usize = 40;

/// Fits weights to samples. `ridge` is the penalty of a squared weight, in samples. Every row must have one value per sense.
pub(super) fn fit(rows: &[Row<'_>], senses: &[Sense], ridge: f64) -> Fitted {
    let features = senses.len();
    let total: f64 = rows.iter().map(|r| r.weight).sum::<f64>().max(f64::MIN_POSITIVE);
    let mean_of =
        |part: &dyn Fn(&Row<'_>) -> f64| rows.iter().map(|r| r.weight * part(r)).sum::<f64>() / total;
    let means: Vec<f64> = (0..features).map(|j| mean_of(&|r| r.values[j])).collect();
    let deviations: Vec<f64> = (0..features)
        .map(|j| mean_of(&|r| (r.values[j] - means[j]).powi(2)).sqrt())
        .map(|d| if d > 1e-9 { d } else { 1.0 })
        .collect();
    // The last column is the intercept.
    let columns = features + 1;
    let table: Vec<f64> = rows
        .iter()
        .flat_map(|r| {
            let standard = |j: usize| (r.values[j] - means[j]) / deviations[j];
            (0..features).map(standard).chain([1.0]).collect::<Vec<f64>>()
        })
        .collect();
    let problem = Problem { rows, table: &table, columns, ridge };
    let bound = |j: usize, value: f64| match senses.get(j) {
        Some(Sense::For) => value.max(0.0),
        Some(Sense::Against) => value.min(0.0),
        Some(Sense::None) => 0.0,
        Some(Sense::Either) | None => value,
    };
    let mut at = vec![0.0; columns];
    let mut loss = problem.loss(&at);
    for _ in 0..STEPS {
        let (slope, curve) = problem.slope_and_curve(&at);
        let free: Vec<usize> =
            (0..columns).filter(|&j| at[j] != 0.0 || bound(j, -slope[j]) != 0.0 || j == features).collect();
        let step = solve(&curve, &slope, &free, columns);
        let mut length = 1.0;
        let mut next = None;
        for _ in 0..HALVINGS {
            let mut there = at.clone();
            for (&j, d) in free.iter().zip(&step) {
                there[j] = bound(j, at[j] - length * d);
            }
            let its_loss = problem.loss(&there);
            if its_loss < loss {
                next = Some((there, its_loss));
                break;
            }
            length /= 2.0;
        }
        let Some((there, its_loss)) = next else { break };
        let gain = loss - its_loss;
        (at, loss) = (there, its_loss);
        if gain < 1e-10 * loss.abs() {
            break;
        }
    }
    let intercept = at.pop().unwrap_or(0.0);
    Fitted { intercept, weights: at, means, deviations }
}

struct Problem<'a> {
    rows: &'a [Row<'a>],
    table: &'a [f64],
    columns: usize,
    ridge: f64,
}

impl Problem<'_> {
    fn each<'s>(&'s self, at: &'s [f64]) -> impl Iterator<Item = (&'s Row<'s>, &'s [f64], f64)> {
        self.rows.iter().zip(self.table.chunks_exact(self.columns)).map(move |(row, x)| {
            let z = x.iter().zip(at).map(|(v, w)| v * w).sum();
            (row, x, z)
        })
    }

    fn ridge_of(&self, at: &[f64]) -> f64 {
        self.ridge / 2.0 * at[..self.columns - 1].iter().map(|w| w * w).sum::<f64>()
    }

    fn loss(&self, at: &[f64]) -> f64 {
        let sum: f64 = self
            .each(at)
            .map(|(row, _, z)| {
                let margin = if row.same { z } else { -z };
                // ln(1 + e^-m), numerically stable for large |m|.
                row.weight * ((-margin.abs()).exp().ln_1p() + (-margin).max(0.0))
            })
            .sum();
        sum + self.ridge_of(at)
    }

    fn slope_and_curve(&self, at: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let n = self.columns;
        let mut slope = vec![0.0; n];
        let mut curve = vec![0.0; n * n];
        for (row, x, z) in self.each(at) {
            let p = wirecopy_core::score::logistic(z);
            let pull = row.weight * (p - f64::from(u8::from(row.same)));
            let bend = row.weight * p * (1.0 - p);
            for i in 0..n {
                slope[i] += pull * x[i];
                for j in 0..=i {
                    curve[i * n + j] += bend * x[i] * x[j];
                }
            }
        }
        for i in 0..n {
            if i + 1 < n {
                slope[i] += self.ridge * at[i];
                curve[i * n + i] += self.ridge;
            }
            // Keeps the matrix regular if a column is constant.
            curve[i * n + i] += 1e-9;
        }
        (slope, curve)
    }
}

/// Solves for the free columns by Cholesky decomposition; `curve` holds the lower triangle.
fn solve(curve: &[f64], slope: &[f64], free: &[usize], columns: usize) -> Vec<f64> {
    let n = free.len();
    let entry = |i: usize, j: usize| curve[free[i.max(j)] * columns + free[i.min(j)]];
    let mut lower = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
            let rest = entry(i, j) - dot;
            lower[i * n + j] = if i == j { rest.max(1e-12).sqrt() } else { rest / lower[j * n + j] };
        }
    }
    let mut x: Vec<f64> = free.iter().map(|&j| slope[j]).collect();
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| lower[i * n + k] * x[k]).sum();
        x[i] = (x[i] - dot) / lower[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| lower[k * n + i] * x[k]).sum();
        x[i] = (x[i] - dot) / lower[i * n + i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> (Vec<[f64; 2]>, Vec<bool>) {
        let mut values = Vec::new();
        let mut labels = Vec::new();
        for i in 0..200u32 {
            let x = f64::from(i % 20) / 10.0 - 1.0;
            let noise = f64::from((i * 7919) % 13) / 13.0 - 0.5;
            values.push([x, -x + noise]);
            labels.push(x + noise > 0.0);
        }
        (values, labels)
    }

    fn fitted(senses: &[Sense; 2]) -> Fitted {
        let (values, labels) = data();
        let rows: Vec<Row<'_>> =
            values.iter().zip(&labels).map(|(v, &same)| Row { values: v, same, weight: 1.0 }).collect();
        fit(&rows, senses, 1.0)
    }

    #[test]
    fn gradient_vanishes_at_the_unconstrained_optimum() {
        let (values, labels) = data();
        let model = fitted(&[Sense::Either, Sense::Either]);
        let pull: f64 = values
            .iter()
            .zip(&labels)
            .map(|(v, &same)| wirecopy_core::score::logistic(model.log_odds(v)) - f64::from(u8::from(same)))
            .sum();
        assert!(pull.abs() < 1e-3, "{pull}");
        let right =
            values.iter().zip(&labels).filter(|(v, same)| (model.log_odds(*v) > 0.0) == **same).count();
        assert!(right > 180, "{right}");
    }

    #[test]
    fn sign_constraints_hold() {
        let model = fitted(&[Sense::Against, Sense::For]);
        assert!(model.weights[0] <= 0.0 && model.weights[1] >= 0.0, "{:?}", model.weights);
        let model = fitted(&[Sense::For, Sense::Against]);
        assert!(model.weights[0] > 1.0, "{:?}", model.weights);
    }

    #[test]
    fn fit_without_samples_is_neutral() {
        let model = fit(&[], &[Sense::For], 1.0);
        assert!(model.log_odds(&[3.0]).abs() < 1e-6);
    }
}
