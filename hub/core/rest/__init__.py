"""What every app's API is made of: the view base, pages, fields that obey scopes, one effect per key, rates.

`hub.api` assembles the apps' routes, names the authentication and words the problems; it stands above all apps.
"""
