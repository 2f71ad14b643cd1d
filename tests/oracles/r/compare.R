# Rscript compare.R COMMITTED DATA EXPECTED: the files of DATA and EXPECTED against those of the same name in COMMITTED.
args <- commandArgs(TRUE)
tolerance <- 1e-10
bad <- 0
files <- c(list.files(args[2], full.names = TRUE), list.files(args[3], full.names = TRUE))
missing <- setdiff(list.files(args[1], pattern = "\\.csv$"), basename(files))
if (length(missing)) { cat("not made by the scripts:", missing, "\n"); bad <- 1 }
for (file in files) {
  name <- basename(file)
  other <- file.path(args[1], name)
  if (!file.exists(other)) { cat(name, "is not committed\n"); bad <- bad + 1; next }
  a <- read.csv(other, stringsAsFactors = FALSE); b <- read.csv(file, stringsAsFactors = FALSE)
  if (!identical(dim(a), dim(b))) { cat(name, "has another shape\n"); bad <- bad + 1; next }
  for (column in names(a)) {
    x <- a[[column]]; y <- b[[column]]
    if (is.numeric(x) && is.numeric(y)) {
      same <- (is.na(x) & is.na(y)) | (!is.na(x) & !is.na(y) & abs(x - y) <= tolerance * pmax(1, abs(x)))
      # an infinite coefficient stops somewhere: R's number for it is of no use to anybody
      if (name == "expected_silent_arm.csv") same <- same | a$what == "cox_coef" | (a$what == "cox" & column == "f")
    } else same <- identical(as.character(x), as.character(y))
    if (!all(same)) {
      cat(name, column, "differs in", sum(!same), "rows, first in row", which(!same)[1], "\n")
      bad <- bad + 1
    }
  }
}
cat(if (bad) "differences: " else "all fixtures agree: ", if (bad) bad else length(files), "\n", sep = "")
quit(status = as.integer(bad > 0))
