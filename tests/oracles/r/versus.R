# What R gives for two arms of a trial, all patients and subgroups: Rscript versus.R DATA_FOLDER OUT_FOLDER
# Rows: data set, subgroup, then patients, events, observed less expected events of arm A, its variance, hazard
# ratio of A over B (Efron; NA where an arm has no event), variance of its logarithm. 17 digits.
suppressMessages(library(survival))
args <- commandArgs(TRUE)
out <- "what,label,a,b,c,d,e,f,g,h,i"
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", x))
for (name in c("ordinary", "ties", "large", "nearly_tied", "mostly_censored", "silent_arm")) {
  d <- read.csv(file.path(args[1], paste0(name, ".csv")))
  d <- d[d$arm %in% c("A", "B"), ]
  d$place <- ave(seq_along(d$arm), d$arm, FUN = seq_along)
  groups <- list(all = rep(TRUE, nrow(d)), young = d$age < 60, old = d$age >= 60, first = d$place <= 20)
  for (g in names(groups)) {
    s <- d[groups[[g]], ]
    test <- survdiff(Surv(time, event) ~ arm, s)
    alive <- all(tapply(s$event, s$arm, sum) > 0)
    fit <- coxph(Surv(time, event) ~ I(arm == "A"), s, control = coxph.control(eps = 1e-13))
    hr <- if (alive) c(exp(coef(fit)), vcov(fit)) else c(NA, NA)
    v <- c(nrow(s), sum(s$event), test$obs[1] - test$exp[1], test$var[1, 1], hr)
    out <- c(out, paste(c(name, g, number(v), rep("NA", 3)), collapse = ","))
  }
}
writeLines(out, file.path(args[2], "expected_versus.csv"))
