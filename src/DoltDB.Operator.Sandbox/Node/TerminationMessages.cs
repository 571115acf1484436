using System.Text;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>The file in which a container leaves its last words, and what a kubelet makes of it.</summary>
internal static class TerminationMessages
{
    /// <summary>Where containers write when they name no other path.</summary>
    public const string DefaultPath = "/dev/termination-log";

    private const int LongestMessage = 4096;
    private const int LongestLog = 2048;
    private const int MostLines = 80;

    /// <summary>An empty file for one start of the container.</summary>
    public static string Prepare(string directory, Container container)
    {
        var file = Path.Combine(directory, container.Name);
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(file, []);
        return file;
    }

    /// <summary>The message of a container that has ended: the beginning of its file; if asked for and the file is empty, the end of its log. Null when there is none.</summary>
    public static string? Read(string file, Container container, int exitCode, IReadOnlyList<string> log)
    {
        var message = ReadFile(file);
        if (message.Length > 0)
            return message;
        if (exitCode == 0 || container.TerminationMessagePolicy != "FallbackToLogsOnError" || log.Count == 0)
            return null;
        var tail = string.Join('\n', log.TakeLast(MostLines));
        return tail.Length <= LongestLog ? tail : tail[^LongestLog..];
    }

    private static string ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[LongestMessage];
            return Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (IOException)
        {
            // The container removed it, or its pod is gone already.
            return "";
        }
    }
}
