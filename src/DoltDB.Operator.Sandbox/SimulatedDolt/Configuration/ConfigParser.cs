using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

/// <summary>Reads a Dolt config.yaml as strictly as Dolt does.</summary>
internal static class ConfigParser
{
    private const string Unreadable = "Failed to resolve the data directory: Failed to parse yaml file 'config.yaml'. Error: ";

    /// <exception cref="ServerConfigException">With the text that Dolt prints.</exception>
    public static ServerConfig Parse(string yaml, IReadOnlyDictionary<string, string> environment)
    {
        var root = Load(ExpandVariables(yaml, environment));
        var unknown = ConfigShape.Root.FindUnknown(root).ToList();
        if (unknown.Count > 0) throw new ServerConfigException(Unreadable + "yaml: unmarshal errors:\n" + string.Join('\n', unknown));
        var config = Read(root);
        Validate(config, new Section(root));
        return config;
    }

    private static YamlMappingNode Load(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException e)
        {
            throw new ServerConfigException($"{Unreadable}yaml: unmarshal errors:\n  line {e.Start.Line}: {e.Message}");
        }

        if (stream.Documents.Count == 0) return new YamlMappingNode();
        return stream.Documents[0].RootNode as YamlMappingNode
            ?? throw new ServerConfigException(Unreadable + "yaml: unmarshal errors:\n  line 1: cannot unmarshal into servercfg.YAMLConfig");
    }

    /// <summary><c>${VAR}</c> becomes the variable's value, <c>$$</c> a dollar sign.</summary>
    private static string ExpandVariables(string yaml, IReadOnlyDictionary<string, string> environment)
    {
        var text = new StringBuilder();
        for (var i = 0; i < yaml.Length; i++)
        {
            var next = i + 1 < yaml.Length ? yaml[i + 1] : '\0';
            if (yaml[i] == '$' && next == '$')
            {
                text.Append('$');
                i++;
            }
            else if (yaml[i] == '$' && next == '{' && yaml.IndexOf('}', i) is > 0 and var end)
            {
                var name = yaml[(i + 2)..end];
                if (!environment.TryGetValue(name, out var value) || value.Length == 0)
                    throw new ServerConfigException($"{Unreadable}environment variable \"{name}\" is not set or empty");
                text.Append(value);
                i = end;
            }
            else
            {
                text.Append(yaml[i]);
            }
        }

        return text.ToString();
    }

    private static ServerConfig Read(YamlMappingNode root)
    {
        var top = new Section(root);
        var listener = top.Nested("listener");
        var behavior = top.Nested("behavior");
        return new ServerConfig
        {
            LogLevel = top.Text("log_level") ?? "info",
            ListenerHost = listener.Text("host") ?? "localhost",
            Port = (int)(listener.Number("port") ?? 3306),
            MaxConnections = (int)(listener.Number("max_connections") ?? 1000),
            BackLog = (int)(listener.Number("back_log") ?? 50),
            MaxConnectionsTimeout = TimeSpan.FromMilliseconds(listener.Number("max_connections_timeout_millis") ?? 60_000),
            TlsCertificate = listener.Text("tls_cert"),
            TlsKey = listener.Text("tls_key"),
            RequireSecureTransport = listener.Flag("require_secure_transport") ?? false,
            ReadOnly = behavior.Flag("read_only") ?? false,
            Autocommit = behavior.Flag("autocommit") ?? true,
            DisableMultiStatements = behavior.Flag("disable_client_multi_statements") ?? false,
            CommitOnTransaction = behavior.Flag("dolt_transaction_commit") ?? false,
            DataDirectory = top.Text("data_dir"),
            ConfigurationDirectory = top.Text("cfg_dir"),
            PrivilegeFile = top.Text("privilege_file"),
            SystemVariables = top.Nested("system_variables").Texts(),
            Cluster = top.Has("cluster") ? ReadCluster(top.Nested("cluster")) : null,
        };
    }

    private static ClusterConfig ReadCluster(Section cluster)
    {
        var remotes = cluster.Items("standby_remotes")
            .Select(item => (Name: item.Text("name") ?? "", Template: item.Text("remote_url_template") ?? "")).ToList();
        if (remotes.Count == 0) throw new ServerConfigException("cluster config: must supply standby_remotes when supplying cluster configuration.");
        foreach (var (name, template) in remotes)
        {
            if (name.Length == 0) throw new ServerConfigException("cluster: standby_remotes[0]: name: Cannot be empty string");
            if (!template.Contains("{database}", StringComparison.Ordinal) || !Uri.TryCreate(template.Replace("{database}", ""), UriKind.Absolute, out _))
                throw new ServerConfigException($"cluster: standby_remotes: remote_url_template: is \"{template}\" but must include the {{database}} template parameter");
        }

        var role = cluster.Text("bootstrap_role") ?? "";
        if (role is not ("" or "primary" or "standby"))
            throw new ServerConfigException($"cluster: bootstrap_role: is \"{role}\" but must be \"primary\" or \"standby\"");
        var epoch = cluster.Number("bootstrap_epoch") ?? 0;
        if (epoch < 0) throw new ServerConfigException($"cluster: bootstrap_epoch: is {epoch} but must be >= 0");
        var port = cluster.Nested("remotesapi").Number("port") ?? 0;
        if (port is < 0 or > 65535) throw new ServerConfigException($"cluster: remotesapi: port: is {port} but must be in [0, 65535]");
        return new ClusterConfig([.. remotes.Select(r => new StandbyRemote(r.Name, r.Template))], role.Length == 0 ? "primary" : role, epoch, (int)port);
    }

    private static void Validate(ServerConfig config, Section root)
    {
        var level = root.Text("log_level");
        if (level is not (null or "trace" or "debug" or "info" or "warning" or "error" or "fatal"))
            throw new ServerConfigException($"invalid log level: {level}");
        if (config.ListenerHost != "localhost" && !IPAddress.TryParse(config.ListenerHost, out _))
            throw new ServerConfigException($"address is not a valid IP: {config.ListenerHost}");
        if (config.Port is < 1024 or > 65535)
            throw new ServerConfigException($"port is not in the range between 1024-65535: {config.Port}");
        if (config.MaxConnections < 1) throw new ServerConfigException("max_connections must be greater than 0");
        foreach (var (name, value) in config.SystemVariables)
        {
            if (!SystemVariables.IsKnown(name)) throw new ServerConfigException($"Unknown system variable '{name}'");
            if (!SystemVariables.Takes(name, GlobalVariables.Parse(value))) throw new ServerConfigException($"Variable '{name}' can't be set to the value of '{value}'");
        }
    }

    /// <summary>Typed access to one mapping; an absent one is empty.</summary>
    private sealed class Section(YamlMappingNode? node)
    {
        public bool Has(string key) => Find(key) is not (null or YamlScalarNode { Value: null or "" });

        public Section Nested(string key) => new(Find(key) as YamlMappingNode);

        public IEnumerable<Section> Items(string key) =>
            Find(key) is YamlSequenceNode items ? items.Children.OfType<YamlMappingNode>().Select(item => new Section(item)) : [];

        public string? Text(string key) => (Find(key) as YamlScalarNode)?.Value;

        public long? Number(string key) => Text(key) is not { } text
            ? null
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Mismatch(key, text, "int");

        public bool? Flag(string key) => Text(key) switch
        {
            null => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            var text => throw Mismatch(key, text, "bool"),
        };

        public ImmutableDictionary<string, string> Texts() => node is null
            ? ImmutableDictionary<string, string>.Empty
            : node.Children.ToImmutableDictionary(p => ((YamlScalarNode)p.Key).Value ?? "", p => (p.Value as YamlScalarNode)?.Value ?? "");

        private YamlNode? Find(string key) => node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

        private ServerConfigException Mismatch(string key, string text, string type) =>
            new($"{Unreadable}yaml: unmarshal errors:\n  line {Find(key)!.Start.Line}: cannot unmarshal !!str `{text}` into {type}");
    }
}
