// One thing that is promised before a face is looked at.
import QtQuick
import Controls

Row {
    id: term

    property string iconName
    property string text

    spacing: Theme.px(24)

    Icon {
        id: sign
        name: term.iconName
        size: Theme.px(60)
        colour: Theme.primary
    }
    Words {
        anchors.verticalCenter: parent.verticalCenter
        width: term.width - sign.width - term.spacing
        text: term.text
        size: Theme.portrait ? Theme.lead : Theme.body
    }
}
