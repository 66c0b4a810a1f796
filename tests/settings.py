"""The settings of the tests: the product's own, with a module installed that is off until a test switches it on."""

from okno.config.settings import *  # noqa: F403
from okno.config.settings import INSTALLED_APPS as PRODUCT_APPS

INSTALLED_APPS = [*PRODUCT_APPS, "tests.modules.sample_module"]

# The product's own takes a quarter of a second for each person whom a test makes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
