using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>Issues tokens of service accounts, signed by a key of this process.</summary>
internal sealed class TokenSubresource(ObjectStore store, TimeProvider time) : IDisposable
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private const long DefaultSeconds = 3600;
    private const long LeastSeconds = 600;

    private readonly Lazy<RSA> key = new(() => RSA.Create(2048));

    public ApiAnswer Create(WriteTarget target, ApiRequest request)
    {
        var account = store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!);
        var body = request.Body.IsEmpty ? [] : BodyReader.ReadYaml(request.Body);
        var spec = body.Child("spec");
        spec.SetDefault("audiences", () => new JsonArray(Issuer));
        spec.SetDefault("expirationSeconds", () => DefaultSeconds);
        var seconds = spec.Number("expirationSeconds") ?? DefaultSeconds;
        if (seconds < LeastSeconds)
        {
            var problem = FieldProblem.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
            throw ApiErrors.Invalid("TokenRequest", "authentication.k8s.io", target.Name!, [problem]);
        }

        var expires = time.GetUtcNow().AddSeconds(seconds);
        return ApiAnswer.Json(201, new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = target.Name, ["namespace"] = target.Namespace, ["creationTimestamp"] = PodRules.Time(time.GetUtcNow()),
            },
            ["spec"] = spec.DeepClone(),
            ["status"] = new JsonObject { ["token"] = Sign(account, spec["audiences"]!, expires), ["expirationTimestamp"] = PodRules.Time(expires) },
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (key.IsValueCreated)
            key.Value.Dispose();
    }

    private string Sign(StoredObject account, JsonNode audiences, DateTimeOffset expires)
    {
        var (ns, name, now) = (account.Key.Namespace, account.Key.Name, time.GetUtcNow().ToUnixTimeSeconds());
        var claims = new JsonObject
        {
            ["aud"] = audiences.DeepClone(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = now,
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = ns,
                ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = account.Uid },
            },
            ["nbf"] = now,
            ["sub"] = string.Create(CultureInfo.InvariantCulture, $"system:serviceaccount:{ns}:{name}"),
        };
        var signed = $"{Encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}")}.{Encode(claims.ToJsonString())}";
        var signature = key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
