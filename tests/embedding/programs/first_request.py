"""One of several processes that make their first request at the same moment.

Arguments: the database, the file whose appearance is the start, the file that says "ready", an address.
"""

import sys
import time
from pathlib import Path

from flask import Flask

from flask_headless_auth import AuthSvc

database, start, ready, email = sys.argv[1:]
app = Flask("racing")
app.config.update(
    SECRET_KEY="0123456789abcdef" * 4,
    SQLALCHEMY_DATABASE_URI=database,
    AUTHSVC_PUBLIC_URL="http://localhost",
    AUTHSVC_CREATE_TABLES=True,
    AUTHSVC_PASSWORD_BCRYPT_COST=4,
    JWT_COOKIE_SECURE=False,
)
AuthSvc(app)
client = app.test_client()
Path(ready).touch()
end = time.monotonic() + 120
while not Path(start).exists() and time.monotonic() < end:
    time.sleep(0.005)
answer = client.post("/api/auth/signup", json={"email": email, "password": "correct horse battery staple"})
print(answer.status_code, answer.get_data(as_text=True))
