# R's file kinds: saveRDS with each compression, ascii, save(); models small enough to read by eye.
# Rscript make_r.R     (R, with rpart and randomForest)
suppressPackageStartupMessages({
  library(rpart)
  library(randomForest)
})
set.seed(1)
dir.create("r", showWarnings = FALSE)
linear <- lm(mpg ~ wt + hp, mtcars, model = FALSE)
attr(linear$terms, ".Environment") <- NULL
tree <- rpart(Species ~ ., iris, control = rpart.control(maxdepth = 2))
forest <- randomForest(Species ~ ., iris, ntree = 2, maxnodes = 3)
forest$predicted <- forest$votes <- forest$oob.times <- forest$y <- NULL

for (compress in c("gzip", "bzip2", "xz")) saveRDS(linear, paste0("r/lm-", compress, ".rds"), compress = compress)
saveRDS(linear, "r/lm-none.rds", compress = FALSE)
saveRDS(linear, "r/lm-version-2.rds", version = 2)
saveRDS(linear, "r/lm-ascii.rds", ascii = TRUE, compress = FALSE)
saveRDS(tree, "r/rpart.rds", compress = "xz")
saveRDS(forest, "r/random-forest.rds", compress = "xz")
save(linear, file = "r/lm.RData", compress = "gzip")
save(linear, file = "r/lm-ascii.rda", ascii = TRUE, compress = FALSE)
saveRDS(head(iris), "r/data-frame.rds")
serialized <- file("r/lm-little-endian.rds", "wb")
serialize(linear, serialized, xdr = FALSE)
close(serialized)
