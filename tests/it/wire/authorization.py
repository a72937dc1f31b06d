"""An authorization server for the tests, on Authlib: code with PKCE, device code, client credentials, refresh with rotation,
and what a mail server asks of a token (RFC 7662).

  authorization.py PORT TLS_PORT CERTIFICATE KEY

Plain HTTP on PORT for the mail server beside it, HTTPS on TLS_PORT for the desk. Whoever opens /authorize is the user that the
test named by /admin/person and permits at once. /admin/… is the test's: life, person, revoke, expire, down, up, counts.
"""
import os
import secrets
import sys
import threading
import time

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant, DeviceCredentialMixin
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

app = Flask(__name__)
state = {"life": 3600, "person": "support@desk.test", "down": False, "permits": True, "rotate": True}
codes, devices, tokens, counts = {}, {}, {}, {}


class Client(ClientMixin):
    def __init__(self, client_id, secret):
        self.client_id, self.secret = client_id, secret

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_redirect_uri(self, uri):
        return uri.startswith("http://localhost:")

    def check_client_secret(self, secret):
        return self.secret == secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == ("client_secret_post" if self.secret else "none")

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return True


CLIENTS = {"public": Client("public", ""), "private": Client("private", "client-s3cret")}


class Row:
    def __init__(self, **fields):
        self.__dict__.update(fields)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_auth_time(self):
        return 0

    def get_expires_in(self):
        return state["life"]


class Device(dict, DeviceCredentialMixin):
    def get_client_id(self):
        return self["client_id"]

    def get_scope(self):
        return self.get("scope", "")

    def get_user_code(self):
        return self["user_code"]

    def is_expired(self):
        return self.get("expired", False)


def save_token(token, asked):
    counts[asked.grant_type] = counts.get(asked.grant_type, 0) + 1
    token = dict(token, user=asked.user or state["person"], until=time.time() + state["life"], good=True,
                 client_id=asked.client.client_id)
    tokens[token["access_token"]] = token


class Code(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "none"]

    def save_authorization_code(self, code, asked):
        codes[code] = Row(code=code, client_id=asked.client.client_id, redirect_uri=asked.redirect_uri, scope=asked.scope,
                          user=asked.user, code_challenge=asked.data.get("code_challenge"),
                          code_challenge_method=asked.data.get("code_challenge_method"))

    def query_authorization_code(self, code, client):
        found = codes.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, code):
        codes.pop(code.code, None)

    def authenticate_user(self, code):
        return code.user


class Refresh(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh):
        for token in tokens.values():
            if token.get("refresh_token") == refresh and not token.get("spent"):
                return Row(scope=token.get("scope"), user=token["user"], token=token, check_client=lambda client: True)
        return None

    def authenticate_user(self, credential):
        return credential.user

    def revoke_old_credential(self, credential):
        credential.token["spent"] = state["rotate"]


class Alone(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]


class Devices(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = ["client_secret_post", "none"]
    INTERVAL = 1

    def get_verification_uri(self):
        return "https://localhost/device"

    def save_device_credential(self, client_id, scope, data):
        devices[data["device_code"]] = Device(data, client_id=client_id, scope=scope)


class DeviceGrant(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post", "none"]

    def query_device_credential(self, code):
        return devices.get(code)

    def query_user_grant(self, user_code):
        for device in devices.values():
            if device["user_code"] == user_code and "user" in device:
                return device["user"], device.get("approved", False)
        return None

    def should_slow_down(self, credential):
        return False


server = AuthorizationServer(app, query_client=lambda name: CLIENTS.get(name), save_token=save_token)
server.register_token_generator("default", lambda grant_type, client, user=None, scope=None, expires_in=None,
                                include_refresh_token=True: dict(
                                    token_type="Bearer", access_token=secrets.token_urlsafe(32), scope=scope or "",
                                    expires_in=state["life"],
                                    **({} if grant_type == "client_credentials" else {"refresh_token": secrets.token_urlsafe(32)})))
server.register_grant(Code, [CodeChallenge(required=True)])
server.register_grant(Refresh)
server.register_grant(Alone)
server.register_grant(DeviceGrant)
server.register_endpoint(Devices)


@app.before_request
def perhaps_down():
    if state["down"] and not request.path.startswith("/admin"):
        return "<html>the server is being looked after</html>", 503


@app.route("/authorize")
def authorize():
    if not state["permits"]:
        return server.create_authorization_response(grant_user=None)
    return server.create_authorization_response(grant_user=state["person"])


@app.route("/token", methods=["POST"])
def token():
    return server.create_token_response()


@app.route("/device", methods=["POST"])
def device():
    return server.create_endpoint_response("device_authorization")


@app.route("/introspect", methods=["POST"])
def introspect():
    found = tokens.get(request.form.get("token"))
    counts["introspect"] = counts.get("introspect", 0) + 1
    if not found or not found["good"] or found["until"] < time.time():
        return jsonify(active=False)
    return jsonify(active=True, username=found["user"], client_id=found["client_id"], exp=int(found["until"]))


@app.route("/admin/<what>", methods=["POST"])
def admin(what):
    value = request.args.get("value", "")
    if what == "life":
        state["life"] = int(value)
    elif what == "person":
        state["person"] = value
    elif what in ("down", "up"):
        state["down"] = what == "down"
    elif what == "refuse":
        state["permits"] = False
    elif what == "revoke":
        for one in tokens.values():
            one.update(good=False, spent=True)
    elif what == "expire":
        for one in tokens.values():
            one["good"] = False
    elif what == "type":
        for one in devices.values():
            if one["user_code"] == value:
                one.update(user=state["person"], approved=True)
    return jsonify(counts)


def main():
    port, tls_port, certificate, key = sys.argv[1:]
    plain = make_server("127.0.0.1", int(port), app, threaded=True)
    safe = make_server("127.0.0.1", int(tls_port), app, threaded=True, ssl_context=(certificate, key))
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    print("ready", flush=True)
    safe.serve_forever()


main()
