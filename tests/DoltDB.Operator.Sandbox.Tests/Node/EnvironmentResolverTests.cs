using System.Net;
using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Node;

namespace DoltDB.Operator.Sandbox.Tests.Node;

public sealed class EnvironmentResolverTests
{
    private static readonly Pod APod = new()
    {
        Metadata = new ObjectMeta { Name = "a-0", Namespace = "ns", Labels = new() { ["x"] = "y" } },
        Spec = new PodSpec { NodeName = "sandbox" },
    };

    private static readonly Secret Credentials = new()
    {
        Metadata = new ObjectMeta { Name = "cred" },
        Data = new() { ["user"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("root")) },
    };

    private static EnvironmentSources Sources => new(
        APod, IPAddress.Parse("127.64.0.1"), name => name == "cred" ? Credentials : null, _ => null);

    [Fact]
    public void References_and_earlier_variables_are_resolved()
    {
        var variables = EnvironmentResolver.Resolve(
            [
                new EnvVar { Name = "POD", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } } },
                new EnvVar { Name = "IP", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "status.podIP" } } },
                new EnvVar { Name = "LABEL", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.labels['x']" } } },
                new EnvVar { Name = "USER", ValueFrom = new EnvVarSource { SecretKeyRef = new KeySelector { Name = "cred", Key = "user" } } },
                new EnvVar { Name = "TEXT", Value = "$(USER)@$(POD) costs $$(POD) and $(MISSING)" },
            ],
            Sources);

        variables["POD"].ShouldBe("a-0");
        variables["IP"].ShouldBe("127.64.0.1");
        variables["LABEL"].ShouldBe("y");
        variables["TEXT"].ShouldBe("root@a-0 costs $(POD) and $(MISSING)");
    }

    [Fact]
    public void A_missing_secret_keeps_the_container_from_starting() =>
        Should.Throw<ContainerStartException>(() => EnvironmentResolver.Resolve([FromSecret("gone", "user", optional: null)], Sources))
            .Message.ShouldBe("secret \"gone\" not found");

    [Fact]
    public void A_missing_key_names_secret_and_key() =>
        Should.Throw<ContainerStartException>(() => EnvironmentResolver.Resolve([FromSecret("cred", "password", optional: null)], Sources))
            .Message.ShouldBe("couldn't find key password in Secret ns/cred");

    [Fact]
    public void An_optional_key_may_be_missing() =>
        EnvironmentResolver.Resolve([FromSecret("cred", "password", optional: true)], Sources).ShouldBeEmpty();

    private static EnvVar FromSecret(string secret, string key, bool? optional) =>
        new() { Name = "X", ValueFrom = new EnvVarSource { SecretKeyRef = new KeySelector { Name = secret, Key = key, Optional = optional } } };
}
