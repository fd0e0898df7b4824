# The hub of Prob 140. What differs between places comes from the environment.
import os

c = get_config()  # noqa: F821
c.JupyterHub.bind_url = os.environ["HUB_PUBLIC"]
c.JupyterHub.hub_bind_url = os.environ["HUB_INTERNAL"]
c.JupyterHub.db_url = "sqlite:///" + os.path.join(os.environ["HUB_STATE"], "jupyterhub.sqlite")
c.JupyterHub.cookie_secret_file = os.path.join(os.environ["HUB_STATE"], "cookie_secret")
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.log_level = "ERROR"
# The proxy is a process of its own, which stays when the hub goes.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ["HUB_PROXY"]

from jupyterhub.handlers.base import BaseHandler  # noqa: E402


class Release(BaseHandler):
    """Tells which release this is."""

    def get(self):
        self.set_header("content-type", "text/plain")
        self.finish(os.environ["HUB_RELEASE"] + "\n")


c.JupyterHub.extra_handlers = [(r"/release", Release)]
