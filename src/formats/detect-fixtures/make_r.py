"""Runs make_r.R and records what it made (needs R with rpart and randomForest)."""

import subprocess

from detect_manifest import HERE, record

KINDS = {
    "lm-gzip.rds": "rds, gzip", "lm-bzip2.rds": "rds, bzip2", "lm-xz.rds": "rds, xz", "lm-none.rds": "rds, XDR",
    "lm-version-2.rds": "rds, serialization version 2", "lm-ascii.rds": "rds, ascii",
    "lm-little-endian.rds": "rds, little endian", "rpart.rds": "rds, rpart", "random-forest.rds": "rds, randomForest",
    "lm.RData": "RData, gzip", "lm-ascii.rda": "RData, ascii",
}
subprocess.run(["Rscript", "make_r.R"], cwd=HERE, check=True)
version = subprocess.run(["Rscript", "--version"], capture_output=True, text=True, check=True)
record([(f"r/{name}", "r", kind) for name, kind in KINDS.items()] + [("r/data-frame.rds", "r", "rds without a model")],
       (version.stdout or version.stderr).strip())
