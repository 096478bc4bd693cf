using System.Globalization;

namespace StreamPipes.Soak;

/// <summary>What the command line says.</summary>
internal sealed record SoakOptions
{
    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(60);

    /// <summary>TLS connections at any time. A tenth as many plain ones run beside them.</summary>
    public int Connections { get; private init; } = 500;

    public int Seed { get; private init; } = Random.Shared.Next();

    /// <summary>How long a connection may go without any progress. Its pauses are far shorter.</summary>
    public TimeSpan StallLimit { get; private init; } = TimeSpan.FromSeconds(60);

    /// <summary>One connection to run again, as a failure names it: slot and round.</summary>
    public (int Slot, int Round)? Replay { get; private init; }

    public int Slots => Connections + PlainSlots;

    /// <summary>The more connections, the more of them rest: handshakes alone would use up the machine, and few would be open.</summary>
    public TimeSpan LongestPause => TimeSpan.FromMilliseconds(Math.Clamp(10 * Connections, 2000, 20_000));

    public int PlainSlots => (Connections + 9) / 10;

    public static SoakOptions Parse(string[] arguments)
    {
        SoakOptions options = new();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.", nameof(arguments));
            options = arguments[i] switch
            {
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(value)) },
                "--connections" => options with { Connections = Number(value) },
                "--seed" => options with { Seed = Number(value) },
                "--stall-seconds" => options with { StallLimit = TimeSpan.FromSeconds(Number(value)) },
                "--replay" => options with { Replay = (Number(value.Split('.')[0]), Number(value.Split('.')[^1])) },
                string unknown => throw new ArgumentException($"{unknown} is none of --seconds, --connections, --seed, --stall-seconds, --replay.", nameof(arguments)),
            };
        }

        return options;
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
