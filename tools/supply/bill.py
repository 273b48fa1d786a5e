"""The bill of materials of a release, in CycloneDX 1.6."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from .licences import licence_of
from .locks import NPM, ROOT, Package, packages

PLACE = ROOT / "build/guanxi.cdx.json"


def bill(parts: Iterable[Package] | None = None) -> str:
    made = Bom(components=[component(part) for part in (packages() if parts is None else parts) if part.ships])
    product = Component(name="guanxi", version=release(), type=ComponentType.APPLICATION, bom_ref="guanxi")
    made.metadata.component = product
    made.register_dependency(product, made.components)
    return str(JsonV1Dot6(made).output_as_string(indent=1))


def release() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def component(part: Package) -> Component:
    place = PackageURL(type="npm" if part.ecosystem == NPM else "pypi", name=part.name, version=part.version)
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(place),
        purl=place,
        licenses=[LicenseExpression(licence_of(part))],
        # Of each file that may be installed: one for every platform.
        hashes=[HashType(alg=HashAlgorithm(algorithm), content=value) for algorithm, value in part.digests],
    )


def faults_of(text: str) -> str:
    """What the schema of CycloneDX says against it; empty when nothing."""
    return str(JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) or "")


def write() -> None:
    PLACE.parent.mkdir(exist_ok=True)
    PLACE.write_text(bill())
