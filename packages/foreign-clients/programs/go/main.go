// Uses the client of openapi-generator (go), which is generated into the folder synap beside this file.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"example.com/abroad/synap"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	configuration := synap.NewConfiguration()
	configuration.Servers = synap.ServerConfigurations{{URL: os.Args[1]}}
	client := synap.NewAPIClient(configuration)

	login := synap.NewAuthLoginRequest(os.Getenv("EMAIL"), os.Getenv("PASSWORD"))
	tokens, _, err := client.AuthAPI.AuthLogin(context.Background()).AuthLoginRequest(*login).Execute()
	ctx := context.WithValue(context.Background(), synap.ContextAccessToken, must(tokens, err).AccessToken)

	modules, _, err := client.ModulesAPI.ModulesList(ctx).Size(50).Execute()
	ids := []string{}
	for _, module := range must(modules, err).Items {
		ids = append(ids, module.Id)
	}
	widget := synap.NewPlaceWidget("git", "commits", 0, 0, 4, 2)
	widget.Params = map[string]interface{}{"limit": 5}
	create := synap.NewDashboardsCreateRequest("Made abroad")
	create.Widgets = []synap.PlaceWidget{*widget}
	created, _, err := client.DashboardsAPI.DashboardsCreate(ctx).DashboardsCreateRequest(*create).Execute()
	id := must(created, err).Id

	limit := map[string]interface{}{"limit": 2}
	read, _, err := client.WidgetsAPI.WidgetsData(ctx, "git", "commits").WidgetParams(limit).Execute()
	data := must(read, err).Data.(map[string]interface{})

	changes := synap.NewDashboardsSaveRequest("Saved abroad", create.Widgets)
	etag := fmt.Sprintf("%q", fmt.Sprint(created.Version))
	saved, _, err := client.DashboardsAPI.DashboardsSave(ctx, id).IfMatch(etag).DashboardsSaveRequest(*changes).Execute()
	must(saved, err)
	_, err = client.DashboardsAPI.DashboardsRemove(ctx, id).Execute()
	must(id, err)

	_, _, err = client.DashboardsAPI.DashboardsGet(ctx, id).Execute()
	var failure *synap.GenericOpenAPIError
	if !errors.As(err, &failure) {
		panic("the removed dashboard was found")
	}
	problem := failure.Model().(synap.Problem)

	fmt.Println(string(must(json.Marshal(map[string]any{
		"modules": ids,
		"created": created.Name,
		"rows":    len(data["commits"].([]interface{})),
		"saved":   saved.Name,
		"version": saved.Version,
		"absent":  problem.Code,
	}))))
}
