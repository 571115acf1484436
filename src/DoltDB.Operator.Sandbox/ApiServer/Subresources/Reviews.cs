using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>Answers questions about who may do what: in the sandbox everybody may do everything.</summary>
internal static class Reviews
{
    public static bool IsReview(ResourceType type) => type.Group is "authorization.k8s.io" or "authentication.k8s.io";

    public static ApiAnswer Create(ResourceType type, ApiRequest request)
    {
        var review = BodyReader.Read(request, type).Object;
        review["status"] = type.Kind switch
        {
            "SelfSubjectRulesReview" => new JsonObject
            {
                ["resourceRules"] = new JsonArray(new JsonObject
                {
                    ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*"),
                }),
                ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") }),
                ["incomplete"] = false,
            },
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = User() },
            "TokenReview" => new JsonObject { ["authenticated"] = true, ["user"] = User() },
            _ => new JsonObject { ["allowed"] = true, ["reason"] = "the sandbox allows everything" },
        };
        return ApiAnswer.Json(201, review);
    }

    private static JsonObject User() => new()
    {
        ["username"] = "sandbox", ["groups"] = new JsonArray("system:masters", "system:authenticated"),
    };
}
