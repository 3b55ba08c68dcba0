// Uses the client of oapi-codegen, which is generated into the folder synap beside this file.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"example.com/abroad/synap"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func pointer[T any](value T) *T { return &value }

func main() {
	ctx := context.Background()
	anonymous := must(synap.NewClientWithResponses(os.Args[1]))
	login := synap.AuthLoginJSONRequestBody{Email: os.Getenv("EMAIL"), Password: os.Getenv("PASSWORD")}
	token := must(anonymous.AuthLoginWithResponse(ctx, login)).JSON200.AccessToken
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	client := must(synap.NewClientWithResponses(os.Args[1], synap.WithRequestEditorFn(authorize)))

	ids := []string{}
	for _, module := range must(client.ModulesListWithResponse(ctx, &synap.ModulesListParams{Size: pointer(50)})).JSON200.Items {
		ids = append(ids, module.Id)
	}
	widgets := []synap.PlaceWidget{{
		ModuleId: "git", WidgetId: "commits", W: 4, H: 2, Params: &map[string]interface{}{"limit": 5},
	}}
	create := synap.DashboardsCreateJSONRequestBody{Name: "Made abroad", Widgets: &widgets}
	created := must(client.DashboardsCreateWithResponse(ctx, nil, create)).JSON201

	limit := synap.WidgetsDataParams{WidgetParams: &map[string]interface{}{"limit": 2}}
	read := must(client.WidgetsDataWithResponse(ctx, "git", "commits", &limit)).JSON200
	data := read.Data.(map[string]interface{})

	current := synap.DashboardsSaveParams{IfMatch: pointer(fmt.Sprintf("%q", fmt.Sprint(created.Version)))}
	changes := synap.DashboardsSaveJSONRequestBody{Name: "Saved abroad", Widgets: widgets}
	saved := must(client.DashboardsSaveWithResponse(ctx, created.Id, &current, changes)).JSON200
	removed := must(client.DashboardsRemoveWithResponse(ctx, created.Id, nil))
	if removed.StatusCode() != http.StatusNoContent {
		panic(removed.Status())
	}
	absent := must(client.DashboardsGetWithResponse(ctx, created.Id, nil)).ApplicationproblemJSON404

	fmt.Println(string(must(json.Marshal(map[string]any{
		"modules": ids,
		"created": created.Name,
		"rows":    len(data["commits"].([]interface{})),
		"saved":   saved.Name,
		"version": saved.Version,
		"absent":  absent.Code,
	}))))
}
