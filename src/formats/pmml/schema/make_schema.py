"""Makes pmml-4-4.xsd: the Data Mining Group's schema out of a JPMML-Model jar, without JPMML's own additions.

    python make_schema.py pmml-model-1.7.7.jar

The jar (org.jpmml:pmml-model, BSD-3-Clause) carries the PMML 4.4.1 schema plus vendor extensions: attributes,
elements and enumeration values named `x-…`, math contexts and derived fields inside functions. A document
that uses them is no PMML 4.4, so they are taken out again.
"""

import sys
import zipfile
import xml.etree.ElementTree as ET
from pathlib import Path

XS = "http://www.w3.org/2001/XMLSchema"

# What the jar keeps from older PMML versions, or adds without an x-: (element it stands in, what stands there).
NOT_IN_4_4 = {
    ("ClusteringModel", "CenterFields"),
    ("DefineFunction", "DerivedField"),
    ("DerivedField", "Interval"),
    ("Level", "quadraticSmoothedValue"),
    ("Level", "cubicSmoothedValue"),
    ("NormDiscrete", "method"),
    ("Segmentation", "LocalTransformations"),
    ("SupportVectorMachineModel", "alternateBinaryTargetCategory"),
    ("TimeSeries", "TimeException"),
    ("Trend_ExpoSmooth", "double_exponential"),
}


def is_extension(element: ET.Element, parents: "list[ET.Element]") -> bool:
    label = element.get("name") or element.get("ref") or element.get("value") or ""
    if label.lower().startswith("x-") or label == "MATH-CONTEXT":
        return True
    return any((parent.get("name"), label) in NOT_IN_4_4 for parent in parents)


def strip(element: ET.Element, parents: "list[ET.Element]") -> None:
    for child in list(element):
        if is_extension(child, [*parents, element]):
            element.remove(child)
        else:
            strip(child, [*parents, element])


def main(jar: str) -> None:
    ET.register_namespace("xs", XS)
    root = ET.fromstring(zipfile.ZipFile(jar).read("pmml.xsd"))
    strip(root, [])
    target = root.get("targetNamespace")
    text = ET.tostring(root, encoding="unicode").replace("<xs:schema ", f'<xs:schema xmlns="{target}" ', 1)
    Path(__file__).with_name("pmml-4-4.xsd").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n' + text + "\n", "utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1])
