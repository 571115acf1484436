using System.Text.Json;

namespace DoltDB.Operator.Drivers;

/// <summary>What the program is given cannot be read; the message names the variable or file.</summary>
internal sealed class DriverInputException(string message) : Exception(message);

/// <summary>Reads the request from the environment and the files of its input directory.</summary>
internal static class DriverInput
{
    public const string InputVariable = "DB_OPERATOR_INPUT";
    public const string ResultVariable = "DB_OPERATOR_RESULT";
    public const string OperationVariable = "DB_OPERATOR_OPERATION";
    public const string ActionVariable = "DB_OPERATOR_ACTION";
    public const string DatabaseVariable = "DB_OPERATOR_DATABASE";
    public const string NamespaceVariable = "DB_OPERATOR_NAMESPACE";
    public const string BackupVariable = "DB_OPERATOR_BACKUP";
    public const string DefaultInput = "/driver";
    public const string DefaultResult = "/dev/termination-log";

    private const int KnownVersion = 1;

    /// <summary>The request.</summary>
    /// <exception cref="DriverInputException">Something is missing or cannot be read.</exception>
    public static DriverRequest Read(Func<string, string?> variable)
    {
        var directory = variable(InputVariable) is { Length: > 0 } given ? given : DefaultInput;
        var operation = Operation(variable);
        var document = ReadDocument(Path.Combine(directory, "request.json"));
        if (document.Version is not KnownVersion)
            throw new DriverInputException($"request.json has version {document.Version}; this driver knows {KnownVersion}");
        if (document.Operation is { } named && !named.Equals(operation.ToString(), StringComparison.OrdinalIgnoreCase))
            throw new DriverInputException($"{OperationVariable} says {operation}, request.json says {named}");
        var backup = variable(BackupVariable) is { Length: > 0 } name ? name : document.Backup;
        if (operation == DriverOperation.Backup && string.IsNullOrEmpty(backup))
            throw new DriverInputException($"{BackupVariable} is not set");
        return new DriverRequest
        {
            Operation = operation,
            Engine = NotEmpty(document.Engine, "engine"),
            Database = NotEmpty(document.Database, "database"),
            Host = document.Host,
            Port = document.Port,
            Tls = Tls(document.Tls, directory),
            Parameters = document.Parameters ?? [],
            Administrator = Account(directory, "admin"),
            Owner = Account(directory, "owner"),
            Charset = document.Charset,
            Collation = document.Collation,
            Backup = backup,
            ObjectName = variable(DatabaseVariable) ?? "",
            Namespace = variable(NamespaceVariable) ?? "",
        };
    }

    private static DriverOperation Operation(Func<string, string?> variable)
    {
        var text = variable(OperationVariable) is { Length: > 0 } operation ? operation : variable(ActionVariable);
        return text switch
        {
            "create" => DriverOperation.Create,
            "drop" => DriverOperation.Drop,
            "backup" => DriverOperation.Backup,
            null or "" => throw new DriverInputException($"{OperationVariable} is not set"),
            _ => throw new DriverInputException($"{OperationVariable} is {text}; it must be create, drop or backup"),
        };
    }

    private static RequestDocument ReadDocument(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), DocumentsJson.Default.RequestDocument) ?? throw new DriverInputException($"{path} is empty");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new DriverInputException($"{path} cannot be read: {exception.Message}");
        }
    }

    private static string NotEmpty(string? text, string member) =>
        string.IsNullOrEmpty(text) ? throw new DriverInputException($"request.json has no {member}") : text;

    private static DriverTls Tls(TlsDocument? document, string directory)
    {
        var mode = DriverTlsMode.Disable;
        if (document?.Mode is { } text && (!Enum.TryParse(text, ignoreCase: true, out mode) || !Enum.IsDefined(mode)))
            throw new DriverInputException($"request.json: tls.mode is {text}; it must be Disable, Require, VerifyCA or VerifyIdentity");
        return new DriverTls
        {
            Mode = mode,
            CertificateAuthorityFile = Existing(directory, "ca.crt"),
            ClientCertificateFile = Existing(directory, "tls.crt"),
            ClientKeyFile = Existing(directory, "tls.key"),
        };
    }

    private static DriverAccount? Account(string directory, string prefix)
    {
        try
        {
            return Existing(directory, prefix + "-username") is { } user
                ? new DriverAccount(File.ReadAllText(user), Existing(directory, prefix + "-password") is { } password ? File.ReadAllText(password) : "")
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DriverInputException($"credentials in {directory} cannot be read: {exception.Message}");
        }
    }

    private static string? Existing(string directory, string file) => Path.Combine(directory, file) is var path && File.Exists(path) ? path : null;
}
