using System.Security.Cryptography;

namespace RedisTls;

/// <summary>The tour: a few things a client of a real server does, each checked, and how fast they went. It deletes the keys it made.</summary>
internal sealed class RedisTour
{
    private const int LargeLength = 3 * 1024 * 1024;
    private const int SequentialCount = 1_000;
    private const int MessageCount = 1_000;

    private readonly RedisClientOptions _options;
    private readonly RedisClient _client;
    private readonly TextWriter _output;
    private readonly string _prefix = $"streampipes:tour:{Guid.NewGuid():N}:";
    private readonly CancellationToken _cancellationToken;

    private RedisTour(RedisClientOptions options, RedisClient client, TextWriter output, CancellationToken cancellationToken)
    {
        _options = options;
        _client = client;
        _output = output;
        _cancellationToken = cancellationToken;
    }

    /// <exception cref="TourFailedException">An answer was wrong.</exception>
    public static async Task RunAsync(RedisClientOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        await using RedisClient client = await RedisConnector.ConnectAsync(options, cancellationToken);
        await output.WriteLineAsync(FormattableString.Invariant($"connected to {options.Host}:{options.Port} {(options.UseTls ? "over TLS" : "without TLS")}, RESP{client.Protocol}"));
        RedisTour tour = new(options, client, output, cancellationToken);
        TourTable table = new(output);
        try
        {
            await tour.TakeAsync(table);
        }
        finally
        {
            await tour.CleanUpAsync();
        }

        await client.DisposeAsync();
        await output.WriteLineAsync("closed in order");
        await table.PrintAsync();
    }

    private async Task TakeAsync(TourTable table)
    {
        await table.CommandsAsync("PING", 1, PingAsync);
        await table.CommandsAsync("SET, GET", 2, SetAndGetAsync);
        await table.BytesAsync("3 MiB value, there and back", 2 * LargeLength, LargeValueAsync);
        await table.CommandsAsync("INCR, one after the other", SequentialCount, CountAsync);
        CounterRace race = new(_client, _output, _prefix);
        await table.CommandsAsync(FormattableString.Invariant($"INCR, {CounterRace.Callers} callers, pipelined"), CounterRace.Commands, () => race.RunAsync(_cancellationToken));
        await table.CommandsAsync("PUBLISH, pushed to a subscriber", MessageCount, PublishAsync);
    }

    private async Task PingAsync()
    {
        string answer = await _client.PingAsync(_cancellationToken);
        Check(string.Equals(answer, "PONG", StringComparison.Ordinal), "PING");
        await _output.WriteLineAsync($"PING -> {answer}");
    }

    private async Task SetAndGetAsync()
    {
        await _client.SetAsync(_prefix + "greeting", "hello over the wire", _cancellationToken);
        ReadOnlyMemory<byte>? value = await _client.GetAsync(_prefix + "greeting", _cancellationToken);
        Check(value is { } bytes && bytes.Span.SequenceEqual("hello over the wire"u8), "GET");
        await _output.WriteLineAsync("SET, GET -> the same");
    }

    private async Task LargeValueAsync()
    {
        byte[] large = RandomNumberGenerator.GetBytes(LargeLength);
        await _client.SetAsync(_prefix + "large", large, _cancellationToken);
        ReadOnlyMemory<byte>? value = await _client.GetAsync(_prefix + "large", _cancellationToken);
        Check(value is { } bytes && bytes.Span.SequenceEqual(large), "GET of 3 MiB");
        await _output.WriteLineAsync("3 MiB value -> the same");
    }

    private async Task CountAsync()
    {
        for (int i = 1; i <= SequentialCount; i++)
            Check(await _client.IncrementAsync(_prefix + "counter", _cancellationToken) == i, "INCR");
        await _output.WriteLineAsync(FormattableString.Invariant($"INCR -> {SequentialCount:N0}"));
    }

    private async Task PublishAsync()
    {
        // A connection of its own, since RESP2 has no room for commands beside a subscription.
        await using RedisClient subscriber = await RedisConnector.ConnectAsync(_options, _cancellationToken);
        await using Subscription subscription = await subscriber.SubscribeAsync(_prefix + "news", _cancellationToken);
        Task<long[]> published = Task.WhenAll(Enumerable.Range(0, MessageCount).Select(i => _client.PublishAsync(subscription.Channel, i, _cancellationToken)));
        for (int i = 0; i < MessageCount; i++)
        {
            PubSubMessage message = await subscription.ReadAsync(_cancellationToken);
            Check(RespNumber.TryParse(message.Payload.Span, out long number) && number == i, "PUBLISH");
        }

        Check(Array.TrueForAll(await published, listeners => listeners == 1), "PUBLISH");
        await _output.WriteLineAsync(FormattableString.Invariant($"PUBLISH -> {MessageCount:N0} messages, in order"));
    }

    private async Task CleanUpAsync()
    {
        try
        {
            IEnumerable<string> counters = Enumerable.Range(0, CounterRace.Callers).Select(caller => CounterRace.Key(_prefix, caller));
            await _client.DeleteAsync([_prefix + "greeting", _prefix + "large", _prefix + "counter", .. counters], CancellationToken.None)
                .WaitAsync(_options.ConnectTimeout, CancellationToken.None);
        }
        catch (Exception exception) when (Complaint.IsExpected(exception) || exception is ObjectDisposedException)
        {
            // The connection that would have to do it is gone; what ended it is on its way to the user.
        }
    }

    private static void Check(bool isRight, string command)
    {
        if (!isRight) throw new TourFailedException($"the answer to {command} is wrong");
    }
}
