"""The settings of the tests: the product's own, with a module installed that is off until a test switches it on."""

from okno.config.settings import *  # noqa: F403
from okno.config.settings import INSTALLED_APPS as PRODUCT_APPS

INSTALLED_APPS = [*PRODUCT_APPS, "tests.modules.sample_module"]
