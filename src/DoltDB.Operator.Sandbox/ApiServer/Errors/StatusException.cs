using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Errors;

/// <summary>An answer of kind Status that ends a request.</summary>
internal sealed class StatusException(int code, string? reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string? Reason { get; } = reason;

    /// <summary>What the answer says about the object: name, group, kind, uid, causes, retryAfterSeconds. Null leaves it out.</summary>
    public JsonObject? Details { get; init; }

    /// <summary>Seconds for the Retry-After header; null sends none.</summary>
    public int? RetryAfterSeconds { get; init; }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason is not null)
            status["reason"] = Reason;
        if (Details is not null)
            status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }
}
