using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>Where the next page of a list begins, and at which revision the first page was read.</summary>
internal sealed record ContinueToken(long Revision, string AfterNamespace, string AfterName)
{
    public string Encode()
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Revision, ["start"] = $"{AfterNamespace}/{AfterName}\0" };
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.ToJsonString()));
    }

    public static ContinueToken Decode(string text)
    {
        try
        {
            using var token = JsonDocument.Parse(Base64Url.DecodeFromChars(text));
            var start = token.RootElement.GetProperty("start").GetString()!.TrimEnd('\0').Split('/');
            return new ContinueToken(token.RootElement.GetProperty("rv").GetInt64(), start[0], start[1]);
        }
        catch (Exception failure) when (failure is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw ApiErrors.BadRequest($"invalid continue token: \"{text}\" is not valid: {failure.Message}");
        }
    }

    /// <summary>Whether an object of the given key belongs to a later page.</summary>
    public bool IsAfter(string ns, string name)
    {
        var order = string.CompareOrdinal(ns, AfterNamespace);
        return order > 0 || (order == 0 && string.CompareOrdinal(name, AfterName) > 0);
    }
}
