"""Roles: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.roles import events, logic, models

ROLES = Feature(
    name="roles",
    optional=False,
    tables=(models.RoleGrant,),
    events=(events.RoleGranted, events.RoleRevoked),
    roles=logic.names,
    roles_beside=models.beside,
    forget=logic.forget_user,
    export=logic.export_user,
)
