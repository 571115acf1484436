using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>Binds pods to nodes, which no other write may do.</summary>
internal sealed class PodBinding(ObjectCommit commit, TimeProvider time)
{
    public ApiAnswer Create(WriteTarget target, ApiRequest request)
    {
        var node = (BodyReader.ReadYaml(request.Body)["target"] as JsonObject)?.Text("name")
            ?? throw ApiErrors.Invalid("Binding", "", target.Name!, [FieldProblem.Required("target.name")]);
        while (true)
        {
            var stored = commit.Store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!);
            var pod = stored.Copy();
            if ((pod["spec"] as JsonObject)?.Text("nodeName") is { Length: > 0 } current)
                throw ApiErrors.Conflict(target.Type, target.Name!, $"pod {target.Name} is already assigned to node \"{current}\"");
            PodRules.Bind(pod, node, time.GetUtcNow());
            if (commit.TryCommit(target.Type, target.Key, stored, pod, out _))
                break;
        }

        return ApiAnswer.Json(201, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
        });
    }
}
