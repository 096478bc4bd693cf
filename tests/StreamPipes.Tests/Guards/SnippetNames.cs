namespace StreamPipes.Tests.Guards;

/// <summary>What a snippet that is not a complete program may take for granted: namespaces and names.</summary>
internal static class SnippetNames
{
    public const string Source = """
        global using System.Buffers;
        global using System.Diagnostics;
        global using System.IO.Compression;
        global using System.IO.Pipelines;
        global using System.Net;
        global using System.Net.Security;
        global using System.Net.Sockets;
        global using System.Text;
        global using StreamPipes;

        internal abstract class SnippetNames
        {
            protected readonly Socket socket = null!;
            protected readonly Stream stream = null!;
            protected readonly Process process = null!;
            protected readonly PipeConnection connection = null!;
            protected readonly IDuplexPipe pipe = null!;
            protected readonly byte[] message = null!;
            protected readonly CancellationToken cancellationToken = CancellationToken.None;

            protected static bool TryParse(ref ReadOnlySequence<byte> buffer, out string line) => throw new NotSupportedException();

            protected static void Handle(string line) => throw new NotSupportedException();
        }

        """;
}
