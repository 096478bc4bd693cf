using System.Net.Sockets;

namespace StreamPipes.Tests.Testing;

/// <summary>What a call throws where it may throw this or that. A hang is none of it: the <see cref="HangException"/> goes through to the test.</summary>
internal static class Thrown
{
    /// <summary>What it throws, or null.</summary>
    public static async Task<Exception?> ByAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (Exception e) when (e is not HangException)
        {
            return e;
        }
    }

    /// <summary>What it throws, and it has to.</summary>
    public static async Task<Exception> SurelyByAsync(Func<Task> call)
    {
        Exception? thrown = await ByAsync(call);
        Assert.NotNull(thrown);
        return thrown;
    }

    /// <summary>The error of a socket that a call throws. The netstandard2.0 build has it from a stream, which wraps it.</summary>
    public static async Task<SocketError> SocketErrorByAsync(Func<Task> call) => SocketErrorOf(await SurelyByAsync(call));

    /// <inheritdoc cref="SocketErrorByAsync"/>
    public static SocketError SocketErrorOf(Exception? error) => Assert.IsType<SocketException>(error as SocketException ?? error?.InnerException).SocketErrorCode;
}
