"""Vouchers: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.vouchers import logic, models

VOUCHERS = Feature(
    name="vouchers",
    optional=False,
    tables=(models.Voucher,),
    forget=logic.forget_user,
    purge=logic.purge,
)
