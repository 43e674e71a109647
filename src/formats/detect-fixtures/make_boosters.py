"""Native files of the gradient boosting libraries, and of llama.cpp: recognised, though of none of the nine families."""

import catboost
import gguf
import lightgbm
import numpy as np
import xgboost

from detect_manifest import path_of, record

rng = np.random.default_rng(1)
x, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
xgb = xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(x, y)
files = {"json": "XGBoost JSON", "ubj": "XGBoost UBJSON"}
for suffix in files:
    xgb.get_booster().save_model(path_of(f"other/xgboost.{suffix}"))
record([(f"other/xgboost.{suffix}", None, kind) for suffix, kind in files.items()], f"XGBoost {xgboost.__version__}")

lgb = lightgbm.LGBMClassifier(n_estimators=2, num_leaves=3, verbose=-1).fit(x, y)
lgb.booster_.save_model(path_of("other/lightgbm.txt"))
record([("other/lightgbm.txt", None, "LightGBM text")], f"LightGBM {lightgbm.__version__}")

cat = catboost.CatBoostClassifier(iterations=2, depth=2, verbose=0, allow_writing_files=False, thread_count=1).fit(x, y)
cat.save_model(path_of("other/catboost.cbm"))
cat.save_model(path_of("other/catboost.json"), format="json")
record([("other/catboost.cbm", None, "CatBoost binary"), ("other/catboost.json", None, "CatBoost JSON")],
       f"CatBoost {catboost.__version__}")

writer = gguf.GGUFWriter(path_of("other/model.gguf"), "llama")
writer.add_block_count(1)
writer.add_tensor("token_embd.weight", np.ones((2, 4), "float32"))
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
record([("other/model.gguf", None, "GGUF")], "gguf")
