// Uses the client of openapi-generator (java, library native), which is generated into the folder synap beside this file.
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AuthApi;
import org.openapitools.client.api.DashboardsApi;
import org.openapitools.client.api.ModulesApi;
import org.openapitools.client.api.WidgetsApi;
import org.openapitools.client.model.AuthLoginRequest;
import org.openapitools.client.model.DashboardsCreateRequest;
import org.openapitools.client.model.DashboardsSaveRequest;
import org.openapitools.client.model.PlaceWidget;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.WidgetsQueryRequest;

public class Program {
  public static void main(String[] args) throws Exception {
    var client = new ApiClient();
    client.updateBaseUri(args[0]);
    var login = new AuthLoginRequest().email(System.getenv("EMAIL")).password(System.getenv("PASSWORD"));
    var token = new AuthApi(client).authLogin(login).getAccessToken();
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    var dashboards = new DashboardsApi(client);

    var modules = new ModulesApi(client).modulesList(null, 50).getItems();
    var widget = new PlaceWidget().moduleId("git").widgetId("commits").x(0).y(0).w(4).h(2).params(Map.of("limit", 5));
    var create = new DashboardsCreateRequest().name("Made abroad").widgets(List.of(widget));
    var created = dashboards.dashboardsCreate(create, null);
    // By POST: the client writes an object in a query as `{limit=2}`.
    var query = new WidgetsQueryRequest().params(Map.of("limit", 2));
    var data = (Map<?, ?>) new WidgetsApi(client).widgetsQuery("git", "commits", query).getData();
    var changes = new DashboardsSaveRequest().name("Saved abroad").widgets(List.of(widget));
    var saved = dashboards.dashboardsSave(created.getId(), changes, "\"" + created.getVersion() + "\"");
    dashboards.dashboardsRemove(created.getId(), null, null);
    String absent = null;
    try {
      dashboards.dashboardsGet(created.getId(), null);
    } catch (ApiException failure) {
      absent = client.getObjectMapper().readValue(failure.getResponseBody(), Problem.class).getCode().getValue();
    }

    System.out.println(client.getObjectMapper().writeValueAsString(Map.of(
        "modules", modules.stream().map(module -> module.getId()).toList(),
        "created", created.getName(),
        "rows", ((List<?>) data.get("commits")).size(),
        "saved", saved.getName(),
        "version", saved.getVersion(),
        "absent", absent)));
  }
}
