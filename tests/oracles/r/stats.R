# What R gives for the statistics tests: Rscript stats.R DATA_FOLDER OAK_CSV OUT_FOLDER
# base R and survival only. Rows are: what, label, then up to nine numbers with 17 digits (NA: missing).
suppressMessages(library(survival))
args <- commandArgs(TRUE)
out <- NULL
number <- function(x) ifelse(is.na(x), "NA", ifelse(is.infinite(x), ifelse(x > 0, "1e308", "-1e308"), sprintf("%.17g", x)))
row <- function(what, label, ...) {
  v <- number(unlist(list(...)))
  out <<- c(out, paste(c(what, label, v, rep("NA", 9 - length(v))), collapse = ","))
}
begin <- function() out <<- "what,label,a,b,c,d,e,f,g,h,i"
finish <- function(name) writeLines(out, file.path(args[3], paste0("expected_", name, ".csv")))

curves <- function(d) {
  fits <- lapply(c("log-log", "log", "plain"), function(type)
    survfit(Surv(time, event) ~ arm, d, conf.type = type))
  arms <- sort(unique(d$arm))
  part <- function(fit, i) if (length(arms) > 1) fit[i] else fit
  last <- sapply(seq_along(arms), function(i) max(part(fits[[1]], i)$time))
  for (i in seq_along(arms)) {
    f <- part(fits[[1]], i)
    s <- summary(f, censored = TRUE)
    g <- part(fits[[2]], i); h <- part(fits[[3]], i)
    step <- max(1, length(f$time) %/% 60)
    for (k in seq(1, length(f$time), step)) {
      row("km", arms[i], k - 1, f$time[k], f$n.risk[k], f$n.event[k], f$n.censor[k], f$surv[k], s$std.err[k],
          f$lower[k], f$upper[k])
      row("limits", arms[i], k - 1, g$lower[k], g$upper[k], h$lower[k], h$upper[k])
    }
    for (p in c(0.1, 0.25, 0.5, 0.75, 0.9)) {
      q <- quantile(f, p); ql <- quantile(g, p); qp <- quantile(h, p)
      row("quantile", arms[i], p, q$quantile, q$lower, q$upper, ql$lower, ql$upper, qp$lower, qp$upper)
    }
    for (t in c(0, 0.2, 0.5, 0.8, 1) * max(f$time)) {
      s <- summary(f, times = t)
      row("at", arms[i], t, s$surv, s$std.err, s$lower, s$upper, s$n.risk)
    }
    for (tau in c(0.5, 0.95) * min(last)) if (tau >= min(fits[[1]]$time)) {
      m <- summary(f, rmean = tau)$table
      row("rmst", arms[i], tau, m["rmean"], m["se(rmean)"])
    }
  }
}

logrank <- function(d, strata) {
  if (length(unique(d$arm)) < 2) return()
  form <- if (strata) Surv(time, event) ~ arm + strata(stratum) else Surv(time, event) ~ arm
  s <- tryCatch(survdiff(form, d), error = function(e) NULL)
  what <- if (strata) "logrank_strata" else "logrank"
  if (is.null(s)) return(row(what, "", NA, NA))
  o <- if (is.matrix(s$obs)) rowSums(s$obs) else s$obs
  e <- if (is.matrix(s$exp)) rowSums(s$exp) else s$exp
  df <- max(0, sum(e > 0) - 1)
  if (df < 1) s$chisq <- NA
  row(what, "", s$chisq, if (df) pchisq(s$chisq, df, lower.tail = FALSE) else NA, df)
  for (i in seq_along(o)) row(paste0(what, "_group"), sort(unique(d$arm))[i], s$n[i], o[i], e[i])
}

# Tight convergence: the default of coxph stops when the likelihood is stable to 1e-9.
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
cox <- function(label, form, d, ties = "efron", control = tight) {
  f <- suppressWarnings(coxph(form, d, ties = ties, control = control))
  s <- summary(f)
  row("cox", label, f$n, f$nevent, f$loglik[1], f$loglik[2], f$score, f$wald.test, s$concordance[1],
      s$sctest["pvalue"], s$logtest["pvalue"])
  for (j in seq_along(coef(f)))
    row("cox_coef", label, j - 1, s$coefficients[j, c(1, 3, 4, 5)], s$conf.int[j, c(1, 3, 4)])
}

models <- function(d, name) {
  infinite <- name == "silent_arm"
  if (name %in% c("no_events", "one_patient", "one_time")) return()
  if (name == "collinear")
    return(cox("aliased", Surv(time, event) ~ age + marker, d, control = coxph.control(eps = 1e-11, iter.max = 50)))
  for (ties in c("efron", "breslow")) {
    cox(paste0("arm_", ties), Surv(time, event) ~ arm, d, ties)
    cox(paste0("all_", ties), Surv(time, event) ~ arm + age + marker, d, ties)
    cox(paste0("strata_", ties), Surv(time, event) ~ arm + age + marker + strata(stratum), d, ties)
  }
}

for (file in sort(list.files(args[1], pattern = "\\.csv$"))) {
  if (grepl("^expected_", file)) next
  d <- read.csv(file.path(args[1], file), stringsAsFactors = FALSE)
  name <- sub("\\.csv$", "", file)
  begin(); curves(d); logrank(d, FALSE); logrank(d, TRUE); models(d, name); finish(name)
}

# The OAK trial.
d <- read.csv(args[2], stringsAsFactors = FALSE)
begin()
for (end in c("pfs", "os")) {
  e <- d; e$time <- d[[paste0(end, "_month")]]; e$event <- 1 - d[[paste0(end, "_censored")]]; e$stratum <- d$histology
  f <- survfit(Surv(time, event) ~ arm, e, conf.type = "log-log")
  q <- quantile(f, 0.5)
  for (i in 1:2) row(paste0(end, "_median"), sort(unique(e$arm))[i], q$quantile[i], q$lower[i], q$upper[i])
  s <- survdiff(Surv(time, event) ~ arm + strata(stratum), e)
  row(paste0(end, "_logrank"), "", s$chisq, pchisq(s$chisq, 1, lower.tail = FALSE))
  e$pdl1_class <- factor(e$pdl1_class); e$arm <- relevel(factor(e$arm), "docetaxel")
  cox(paste0(end, "_cox"), Surv(time, event) ~ arm + age_year + sex + pdl1_class + baseline_sld_mm + ecog +
        strata(histology), e)
}
for (arm in sort(unique(d$arm))) {
  b <- binom.test(sum(d$arm == arm & d$best_response %in% c("CR", "PR")), sum(d$arm == arm))
  row("orr", arm, b$statistic, b$parameter, b$estimate, b$conf.int)
}
finish("oak")

# Proportions.
begin()
wilson <- function(x, n, conf) {
  z <- qnorm(1 - (1 - conf) / 2); m <- (x + z^2 / 2) / (n + z^2)
  h <- z / (n + z^2) * sqrt(x * (n - x) / n + z^2 / 4)
  c(if (x == 0) 0 else m - h, if (x == n) 1 else m + h)
}
for (conf in c(0.9, 0.95, 0.999)) for (n in c(1, 2, 10, 55, 1000, 1e6)) for (x in unique(c(0, 1, n %/% 3, n - 1, n))) {
  b <- binom.test(x, n, conf.level = conf)
  row("binom", "", x, n, conf, b$conf.int, wilson(x, n, conf))
}
# fisher.test solves for the odds ratio to 1e-4 only; the same equations, solved tightly.
fisher <- function(a, b, c, d, conf = 0.95) {
  t <- fisher.test(matrix(c(a, c, b, d), 2), conf.level = conf)
  m <- a + c; n <- b + d; k <- a + b; lo <- max(0, k - n); hi <- min(k, m); support <- lo:hi
  logdc <- dhyper(support, m, n, k, log = TRUE)
  dens <- function(l) { v <- logdc + l * support; v <- exp(v - max(v)); v / sum(v) }
  root <- function(f) uniroot(f, c(-60, 60), tol = 1e-14, maxiter = 10000)$root
  tail <- (1 - conf) / 2
  or <- if (a == lo) 0 else if (a == hi) Inf else exp(root(function(l) sum(dens(l) * (support - a))))
  lower <- if (a == lo) 0 else exp(root(function(l) sum(dens(l)[support >= a]) - tail))
  upper <- if (a == hi) Inf else exp(root(function(l) sum(dens(l)[support <= a]) - tail))
  if (is.finite(or) && or > 0) stopifnot(abs(log(or / t$estimate)) < 1e-2)
  row("fisher", "", a, b, c, d, t$p.value, or, lower, upper, conf)
}
fisher(20, 35, 10, 44); fisher(0, 10, 5, 5); fisher(10, 0, 5, 5); fisher(3, 1, 1, 3); fisher(1, 1, 1, 1)
fisher(5, 0, 0, 5); fisher(58, 367, 57, 368); fisher(2, 15, 10, 3, 0.99); fisher(1000, 2000, 1100, 1900)
fisher(100, 99900, 160, 99840); fisher(30000, 20000, 29000, 21000, 0.9); fisher(7, 7, 7, 7); fisher(1, 999, 12, 988)
finish("proportion")

# Special functions.
begin()
for (a in c(0.3, 1, 2.5, 20, 400, 1e5)) for (b in c(0.5, 1, 7, 300, 1e5)) {
  for (x in c(1e-6, 0.01, 0.2, 0.5, 0.9, 0.999)) {
    x <- if (a > 50 && b > 50) a / (a + b) + (x - 0.5) * 6 * sqrt(a * b / (a + b)^3) else x
    p <- pbeta(x, a, b); q <- pbeta(x, a, b, lower.tail = FALSE)
    if (x > 0 && x < 1 && p > 1e-250 && q > 1e-250) row("beta", "", a, b, x, p, q)
  }
  # qbeta itself is good to about 1e-13; polish it by Newton's rule
  for (p in c(1e-4, 0.025, 0.5)) {
    x <- qbeta(p, a, b)
    if (x > 1e-200 && x < 1 - 1e-12) row("beta_quantile", "", p, a, b, x)
  }
}
for (df in c(1, 2, 3, 7, 30, 500, 1e5)) for (u in c(0.01, 0.3, 0.9, 1, 1.1, 2, 5)) {
  p <- pchisq(df * u, df, lower.tail = FALSE)
  if (p > 1e-290) row("chi_square", "", df * u, df, p)
}
finish("special")
