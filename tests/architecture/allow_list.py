"""An import contract by allow-list: import-linter itself only forbids what somebody listed."""

from collections.abc import Set

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowListContract(Contract):
    """Modules below `modules` may import each other and what is below `allowed`, nothing else.

    Every other import breaks the contract: other packages of ours, external packages, and the
    standard library where it is not listed.
    """

    modules = fields.SetField(subfield=fields.StringField())
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        roots, allowed = self._names("modules"), self._names("allowed")
        broken = [
            (module, imported)
            for root in sorted(roots)
            for module in sorted({root, *graph.find_descendants(root)})
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not any(_within(imported, each) for each in {root, *allowed})
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} is not allowed to import {imported}")
            output.new_line()

    def _names(self, field: str) -> Set[str]:
        return {str(name) for name in getattr(self, field)}


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
