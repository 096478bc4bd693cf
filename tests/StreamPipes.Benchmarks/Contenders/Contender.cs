using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>One way to talk over a stream.</summary>
/// <param name="key">Its name on the command line.</param>
/// <param name="name">Its name in the tables.</param>
internal abstract class Contender(string key, string name)
{
    public string Key => key;

    public string Name => name;

    /// <summary>What the others are measured against.</summary>
    public virtual bool IsReference => false;

    /// <summary>Whether it is this library.</summary>
    public virtual bool IsOurs => false;

    /// <summary>Whether it is another adapter from stream to pipe.</summary>
    public virtual bool IsPeer => false;

    /// <summary>Whether it needs the socket itself, so that it has no part in rows with TLS.</summary>
    public virtual bool NeedsSocket => false;

    /// <summary>Whether it does another work than the others, as a mark of what the stream can do.</summary>
    public virtual bool IsMark => false;

    /// <summary>Whether its client may be called by many at once, each with whole messages.</summary>
    public virtual bool IsForMany => false;

    /// <summary>Whether each connection has threads of its own, so that there cannot be many thousands.</summary>
    public virtual bool HoldsThreads => false;

    /// <summary>Whether it can put a stream on top of its pipe.</summary>
    public virtual bool CanCompose => true;

    /// <summary>The style of its bars.</summary>
    public string ChartKind => IsReference || (NeedsSocket && !IsOurs) ? "raw" : IsMark ? "mark" : IsOurs ? "ours" : "other";

    /// <summary>Puts the contender on a link, which its client closes.</summary>
    public abstract Client Open(Link link);

    /// <summary>Makes a pipe of a stream, and a stream of that pipe.</summary>
    public abstract Stream Compose(Stream transport);
}
