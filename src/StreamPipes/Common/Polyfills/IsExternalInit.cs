using System.ComponentModel;

namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for to allow <c>init</c> accessors; the framework has it from .NET 5 on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
internal static class IsExternalInit;
