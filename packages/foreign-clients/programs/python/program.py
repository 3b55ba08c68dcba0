"""Uses the client of openapi-generator (python), which is generated into `synap_client` beside this file."""

import json
import os
import sys

import synap_client
from synap_client.exceptions import NotFoundException

configuration = synap_client.Configuration(host=sys.argv[1])
with synap_client.ApiClient(configuration) as client:
    login = synap_client.AuthLoginRequest(email=os.environ["EMAIL"], password=os.environ["PASSWORD"])
    configuration.access_token = synap_client.AuthApi(client).auth_login(login).access_token
    dashboards = synap_client.DashboardsApi(client)

    modules = synap_client.ModulesApi(client).modules_list(size=50)
    widget = synap_client.PlaceWidget(
        module_id="git", widget_id="commits", x=0, y=0, w=4, h=2, params={"limit": 5}
    )
    created = dashboards.dashboards_create(
        synap_client.DashboardsCreateRequest(name="Made abroad", widgets=[widget])
    )
    read = synap_client.WidgetsApi(client).widgets_data("git", "commits", widget_params={"limit": 2})
    changes = synap_client.DashboardsSaveRequest(name="Saved abroad", widgets=[widget])
    saved = dashboards.dashboards_save(created.id, changes, if_match=f'"{created.version}"')
    dashboards.dashboards_remove(created.id)
    try:
        dashboards.dashboards_get(created.id)
        absent = None
    except NotFoundException as error:
        absent = error.data.code

print(
    json.dumps(
        {
            "modules": [module.id for module in modules.items],
            "created": created.name,
            "rows": len(read.data["commits"]),
            "saved": saved.name,
            "version": saved.version,
            "absent": absent,
        }
    )
)
