"""What every update rule promises, over the whole registry, and what the registry does with it."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

import optim_viz
from optim_viz import update_rules
from tests.update_rules.contract import CHECKS, Check


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_every_rule(name: str, check: Check) -> None:
    check(optim_viz.optimizer(name))


def test_the_folder_is_the_list() -> None:
    modules = [import_module(f"{update_rules.__name__}.{each.name}") for each in iter_modules(update_rules.__path__)]
    rules = [module.RULE for module in modules if hasattr(module, "RULE")]
    assert optim_viz.optimizers() == tuple(rule.name for rule in sorted(rules, key=lambda rule: (rule.rank, rule.name)))
    assert all(optim_viz.optimizer(rule.name) is update_rules.get(rule.name) is rule for rule in rules)


def test_an_unknown_optimizer_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=rf"unknown optimizer 'adann'.*{optim_viz.optimizers()[0]}"):
        optim_viz.optimizer("adann")
