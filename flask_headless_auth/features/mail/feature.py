"""Mail: the manifest."""

from flask_headless_auth.feature import Feature
from flask_headless_auth.features.mail import events, models
from flask_headless_auth.features.mail.settings import MailSettings

MAIL = Feature(
    name="mail",
    optional=False,
    tables=(models.Letter,),
    settings=(MailSettings,),
    events=(events.MailQueued,),
)
