using StackExchange.Redis;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>Why attempts to connect have failed, as the client reports it to its user.</summary>
internal sealed class Attempts
{
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Attempts(ConfigurationOptions configuration) => configuration.ConnectionAttemptCompleted += (_, args) =>
    {
        if (args.Exception is { } exception) _failure.TrySetResult(exception);
    };

    /// <summary>Connects, which is to fail, and returns the exception of the first attempt.</summary>
    public static async Task<Exception> FailureOfAsync(ConfigurationOptions configuration)
    {
        Attempts attempts = new(configuration);
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration).Guarded()).Should().ThrowAsync<RedisConnectionException>();
        return await attempts._failure.Task.Guarded();
    }
}
