"""Mail: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.mail import commands, courier, events, logic, models, pages, settings

MAIL = Feature(
    name="mail",
    optional=False,
    pages=pages.pages,
    tables=(models.Letter,),
    settings=(settings.MailSettings,),
    checks=settings.check,
    events=(events.MailQueued,),
    commands=(commands.deliver, commands.outbox),
    after={events.MailQueued: courier.call},
    wakes=courier.call,
    forget=logic.forget_user,
    purge=logic.purge,
)
