"""A PMML document by JPMML (sklearn2pmml, Java), and the older namespaces and encodings that documents come in."""

import numpy as np
import sklearn2pmml
from sklearn.tree import DecisionTreeClassifier

from detect_manifest import path_of, record

x = np.arange(20.0).reshape(10, 2)
tree = DecisionTreeClassifier(max_depth=1).fit(x, (x[:, 0] > 8).astype(int))
sklearn2pmml.sklearn2pmml(sklearn2pmml.make_pmml_pipeline(tree), str(path_of("pmml/jpmml.pmml")))
record([("pmml/jpmml.pmml", "pmml", "PMML 4.4")], f"sklearn2pmml {sklearn2pmml.__version__}")

REGRESSION = """<?xml version="1.0" encoding="{encoding}"?>
<!-- A comment before the root -->
<PMML version="{version}" xmlns="http://www.dmg.org/PMML-{namespace}">
  <Header copyright="none"/>
  <DataDictionary numberOfFields="2">
    <DataField name="größe" optype="continuous" dataType="double"/>
    <DataField name="y" optype="continuous" dataType="double"/>
  </DataDictionary>
  <RegressionModel functionName="regression">
    <MiningSchema><MiningField name="größe"/><MiningField name="y" usageType="predicted"/></MiningSchema>
    <RegressionTable intercept="0.5"><NumericPredictor name="größe" coefficient="2"/></RegressionTable>
  </RegressionModel>
</PMML>
"""
DOCUMENTS = {"pmml-3.2.xml": ("3.2", "3_2", "UTF-8", "utf-8"), "pmml-4.1-latin1.pmml": ("4.1", "4_1", "ISO-8859-1", "latin-1"),
             "pmml-4.2-utf16.pmml": ("4.2", "4_2", "UTF-16", "utf-16"), "pmml-4.3-bom.pmml": ("4.3", "4_3", "UTF-8", "utf-8-sig")}
for name, (version, namespace, encoding, codec) in DOCUMENTS.items():
    text = REGRESSION.format(version=version, namespace=namespace, encoding=encoding)
    path_of(f"pmml/{name}").write_bytes(text.encode(codec))
record([(f"pmml/{name}", "pmml", f"PMML {facts[0]}, {facts[2]}") for name, facts in DOCUMENTS.items()], "by hand")
