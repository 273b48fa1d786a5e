"""Each rule of the permission policy taken away or turned round, one at a time, in the running program.

A mutant is the code of one function of a policy module with one node of its tree changed, put in the place of the code
that runs. The sweep then has to find something wrong.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

TURNED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.LtE: ast.Gt,
    ast.GtE: ast.Lt,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
}


@dataclass(frozen=True)
class Mutant:
    module: ModuleType
    name: str
    line: int
    what: str
    tree: ast.Module

    @property
    def label(self) -> str:
        return f"{self.module.__name__}:{self.name}:{self.line} {self.what}"


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """One for each way to change each node inside a function."""
    text = inspect.getsource(module)
    for number, node in enumerate(ast.walk(ast.parse(text))):
        for what in ways(node):
            tree = ast.parse(text)
            target = list(ast.walk(tree))[number]
            if (name := enclosing(tree, target)) and change(tree, target, what):
                yield Mutant(module, name, getattr(target, "lineno", 0), what, ast.fix_missing_locations(tree))


def ways(node: ast.AST) -> list[str]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in TURNED:
            return ["comparison turned round"]
        case ast.BoolOp():
            return ["and for or"]
        case ast.UnaryOp(op=ast.Not()):
            return ["not taken away"]
        case ast.If():
            return ["always", "never"]
        case ast.Raise():
            return ["no refusal"]
        case ast.AugAssign(op=ast.BitOr()):
            return ["not widened"]
        case ast.Expr(value=ast.Call()):
            return ["not asked"]
        case ast.Call(func=ast.Attribute(attr="filter" | "exclude")):
            return ["not narrowed"]
        case ast.BinOp(op=ast.BitOr() | ast.BitAnd()):
            return ["one side alone"]
    return []


def change(tree: ast.Module, node: Any, what: str) -> bool:
    """In place; False where the change would leave nothing to compile."""
    match what:
        case "comparison turned round":
            node.ops = [TURNED[type(node.ops[0])]()]
        case "and for or":
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case "not taken away":
            return replaced(tree, node, node.operand)
        case "always" | "never":
            node.test = ast.Constant(what == "always")
        case "no refusal" | "not widened" | "not asked":
            return replaced(tree, node, ast.Pass())
        case "not narrowed":
            return replaced(tree, node, node.func.value)
        case "one side alone":
            return replaced(tree, node, node.left)
    return True


def replaced(tree: ast.Module, old: ast.AST, new: ast.AST) -> bool:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
                return True
            if isinstance(value, list) and old in value:
                value[value.index(old)] = ast.copy_location(new, old)
                return True
    return False


def enclosing(tree: ast.Module, node: ast.AST) -> str:
    """The outermost function or method that holds the node, as `Class.method`; empty at module level."""
    for outer in tree.body:
        functions = outer.body if isinstance(outer, ast.ClassDef) else [outer]
        for one in functions:
            if isinstance(one, ast.FunctionDef) and node is not one and node in ast.walk(one):
                if node in [inner for decorator in one.decorator_list for inner in ast.walk(decorator)]:
                    return ""
                return f"{outer.name}.{one.name}" if isinstance(outer, ast.ClassDef) else one.name
    return ""


# --- in the running program ---


@contextmanager
def alive(mutant: Mutant) -> Iterator[None]:
    function = function_of(mutant.module, mutant.name)
    before, changed = function.__code__, code_in(mutant.tree, mutant)
    function.__code__ = changed
    try:
        yield
    finally:
        function.__code__ = before


def function_of(module: ModuleType, name: str) -> FunctionType:
    place: Any = module
    for part in name.split("."):
        place = inspect.getattr_static(place, part)
    if isinstance(place, property):
        place = place.fget
    found = inspect.unwrap(place)
    assert isinstance(found, FunctionType), name
    return found


def code_in(tree: ast.Module, mutant: Mutant) -> CodeType:
    """Of the same name in the changed module, compiled with the module's own marks."""
    found: Any = compile(tree, mutant.module.__file__ or "", "exec", dont_inherit=True)
    for part in mutant.name.split("."):
        found = next(one for one in found.co_consts if isinstance(one, CodeType) and one.co_name == part)
    return found  # type: ignore[no-any-return]  # found by its type just before
