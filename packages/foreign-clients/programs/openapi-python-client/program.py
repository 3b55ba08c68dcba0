"""Uses the client of openapi-python-client, which is generated into `synap_client` beside this file."""

import json
import os
import sys

from synap_client import AuthenticatedClient, Client
from synap_client.api.auth import auth_login
from synap_client.api.dashboards import (
    dashboards_create,
    dashboards_get,
    dashboards_remove,
    dashboards_save,
)
from synap_client.api.modules import modules_list
from synap_client.api.widgets import widgets_data
from synap_client.models import (
    AuthLoginBody,
    DashboardsCreateBody,
    DashboardsSaveBody,
    PlaceWidget,
    PlaceWidgetParams,
    Problem,
    WidgetsDataWidgetParams,
)

base_url = sys.argv[1]
login = AuthLoginBody(email=os.environ["EMAIL"], password=os.environ["PASSWORD"])
tokens = auth_login.sync(client=Client(base_url=base_url), body=login)
client = AuthenticatedClient(base_url=base_url, token=tokens.access_token)

modules = modules_list.sync(client=client, size=50)
widget = PlaceWidget(
    module_id="git", widget_id="commits", x=0, y=0, w=4, h=2, params=PlaceWidgetParams.from_dict({"limit": 5})
)
created = dashboards_create.sync(
    client=client, body=DashboardsCreateBody(name="Made abroad", widgets=[widget])
)
limit = WidgetsDataWidgetParams.from_dict({"limit": 2})
read = widgets_data.sync("git", "commits", client=client, widget_params=limit)
changes = DashboardsSaveBody(name="Saved abroad", widgets=[widget])
saved = dashboards_save.sync(created.id, client=client, body=changes, if_match=f'"{created.version}"')
dashboards_remove.sync_detailed(created.id, client=client)
absent = dashboards_get.sync(created.id, client=client)
assert isinstance(absent, Problem)

print(
    json.dumps(
        {
            "modules": [module.id for module in modules.items],
            "created": created.name,
            "rows": len(read.data["commits"]),
            "saved": saved.name,
            "version": saved.version,
            "absent": absent.code,
        }
    )
)
