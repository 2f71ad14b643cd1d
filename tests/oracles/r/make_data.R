# The data sets of the statistics tests: Rscript make_data.R FOLDER
# Simulated, small, each with something that goes wrong easily. They are committed; this says where they came from.
folder <- commandArgs(TRUE)[1]
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
put <- function(name, d) write.csv(d, file.path(folder, paste0(name, ".csv")), row.names = FALSE, quote = FALSE)

simulate <- function(n, arms, strata, censor, digits = 6) {
  arm <- sample(arms, n, TRUE)
  stratum <- sample(strata, n, TRUE)
  age <- round(rnorm(n, 60, 10))
  marker <- signif(rnorm(n), 6)
  rate <- exp(0.4 * (match(arm, arms) - 1) + 0.02 * (age - 60) - 0.3 * marker +
              0.5 * (match(stratum, strata) - 1)) / 10
  t <- rexp(n) / rate
  c <- rexp(n) * censor
  data.frame(time = signif(pmin(t, c), digits), event = as.integer(t <= c), arm, stratum, age, marker)
}

set.seed(20240101)
put("ordinary", simulate(120, c("A", "B"), c("s1", "s2"), 15))
d <- simulate(150, c("A", "B", "C"), c("s1", "s2", "s3"), 12); d$time <- ceiling(d$time / 2); put("ties", d)
put("strata", simulate(300, c("A", "B", "C"), c("s1", "s2", "s3", "s4"), 20))
d <- simulate(60, c("A", "B"), c("s1", "s2"), 15); d$arm[1:12] <- "N"; d$event[1:12] <- 0L; put("silent_arm", d)
d <- simulate(25, c("A", "B"), c("s1", "s2"), 15); d$event <- 0L; put("no_events", d)
put("one_patient", data.frame(time = 3.5, event = 1L, arm = "A", stratum = "s1", age = 50, marker = 0.5))
d <- simulate(20, c("A", "B"), c("s1", "s2"), 15); d$time <- 7; d$event <- 1L; put("one_time", d)
put("mostly_censored", simulate(400, c("A", "B"), c("s1", "s2"), 0.4))
put("large", simulate(2000, c("A", "B"), c("s1", "s2", "s3"), 15))
put("flat_at_half", data.frame(time = c(1, 2, 3, 4, 5, 6, 7, 8, 2, 4, 6, 8, 10, 12), event = c(1, 1, 1, 1, 1, 1, 0, 0,
  1, 1, 1, 0, 0, 0), arm = rep(c("A", "B"), c(8, 6)), stratum = "s1", age = c(50:63), marker = round(sin(1:14), 3)))
d <- simulate(40, c("A", "B"), c("s1", "s2"), 15); d$time <- ceiling(d$time) / 10
d$time <- sprintf("%.17g", d$time + rep(c(0, 1e-12), 20)); put("nearly_tied", d)
d <- simulate(50, c("A", "B"), c("s1", "s2"), 15); d$time[1:6] <- 0; d$event[1:3] <- 1L; put("time_zero", d)
d <- simulate(80, c("A", "B"), c("s1", "s2"), 15); d$age <- round(d$age * 1000); d$marker <- 2 * d$age + 1
put("collinear", d)
